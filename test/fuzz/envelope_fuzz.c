/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/addr.h"
#include "lib/mail/envelope.h"
#include "lib/smtp/verb.h"
#include "test/fuzz/fuzz.h"

/* It can stand in a command, and is read as what it was. */
static void
check_path(const char *path)
{
	struct mailboxes list = {0};
	struct command c = {0};
	struct buf b = {0}, command = {0};
	struct err e = {0};

	must(!ascii_has_control(path));
	must(addr_parse(&list, path, strlen(path), &e) && list.n == 1);
	mailbox_path(&b, &list.v[0]);
	must(strcmp(b.p, path) == 0);
	buf_addf(&command, "RCPT TO:<%s>", path);
	must(command_parse(&c, command.p) == NULL && c.path.n == 1);
	must(strcmp(c.path.v[0].local, list.v[0].local) == 0
	    && strcmp(c.path.v[0].domain, list.v[0].domain) == 0);
	command_clear(&c);
	mailboxes_clear(&list);
	buf_clear(&b);
	buf_clear(&command);
}

/* Nobody twice, and SMTPUTF8 is wanted only if somebody needs it. */
static void
check(const struct envelope *env, bool exact)
{
	bool utf8 = false;

	must(
	    !ascii_has_8bit(buf_str(&env->sender), env->sender.n) || env->utf8);
	for (size_t i = 0; i < env->n; i++) {
		const struct buf *m = &env->rcpt[i].mailbox;

		check_path(m->p);
		utf8 = utf8 || ascii_has_8bit(m->p, m->n);
		for (size_t j = 0; i < 200 && j < i; j++)
			must(strcmp(m->p, env->rcpt[j].mailbox.p) != 0);
	}
	must(env->utf8 || !utf8);
	must(!exact || env->utf8 == utf8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	unsigned step = fuzz_choice(&in);
	struct envelope env = {0};
	struct message m;
	struct err e = {0};
	size_t before;

	if (fuzz_message(&m, in.p, in.n, step)) {
		if (!envelope_from_header(&env, &m.header, &e))
			must(e.kind == ERR_INPUT && *e.text != '\0');
		check(&env, true);
		before = env.n;
		if (envelope_ascii(&env, &e)) {
			check(&env, true);
			must(env.n <= before);
		} else {
			must(e.kind == ERR_INPUT);
		}
	}
	envelope_clear(&env);
	message_clear(&m);
	return 0;
}
