/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/fit.h"

#include "lib/mail/mediatype.h"
#include "lib/mail/mend.h"
#include "lib/mail/mime.h"
#include "lib/mail/recode.h"
#include "lib/mail/words.h"

/* Fields that are not ASCII stay so in a session for UTF-8, or signed. */
static void
fit_header(struct job *j)
{
	struct message *m = j->msg;
	struct mediatype type = {0};
	bool utf8 = j->env.utf8
	    && words_utf8(buf_str(&m->header.text), m->header.text.n);
	bool plain = !utf8 && header_eightbit(&m->header) && !message_signed(m);
	unsigned left;

	if (plain)
		mediatype_read(&type, &m->header);
	left = mend_header(&m->header, plain, false, buf_str(&type.charset));
	if ((left & MEND_LONG) != 0)
		m->notes |= MESSAGE_LONG;
	if (!utf8 && header_eightbit(&m->header))
		m->notes |= MESSAGE_RAW;
	if ((left & MEND_UTF8) != 0)
		m->notes |= MESSAGE_UTF8;
	mediatype_clear(&type);
}

bool
fit_message(struct job *j, struct err *e)
{
	struct message *m = j->msg;

	fit_header(j);
	return (m->canon.longest <= SCAN_LINE || recode_message(m, false, e))
	    && recode_label(m, e);
}

bool
fit_server(struct job *j, const struct caps *caps, struct err *e)
{
	struct message *m = j->msg;

	if ((m->notes & MESSAGE_UTF8) != 0 && caps->smtputf8)
		m->notes &= ~(unsigned)MESSAGE_RAW;
	return caps->eightbitmime || !message_eightbit(m)
	    || recode_message(m, true, e);
}
