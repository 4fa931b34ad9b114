/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/optable.h"

#include <string.h>

#include "lib/base/ascii.h"

/* What -b does; other modes are a daemon's. */
static const struct {
	const char *name;
	enum options_mode mode;
} modes[] = {
    {"m", MODE_SEND},
    {"s", MODE_DIALOGUE},
    {"v", MODE_VERIFY},
    {"i", MODE_ALIASES},
    {"p", MODE_QUEUE},
    {"h", MODE_NOTHING},
    {"H", MODE_NOTHING},
    {"V", MODE_VERSION},
};

/* RFC 3461, 4.4: printable, and 100 characters at most as xtext. */
static bool
is_envid(const char *s)
{
	struct buf b = {0};
	bool ok;

	dsn_print_xtext(&b, s);
	ok = b.n > 0 && b.n <= 100 && !ascii_has_control(s)
	    && !ascii_has_8bit(s, strlen(s));
	buf_clear(&b);
	return ok;
}

/* A dialogue stays one, whatever else is said. */
static bool
set_mode(struct options *o, enum options_mode mode)
{
	if (o->mode != MODE_DIALOGUE)
		o->mode = mode;
	return true;
}

static bool
set_body_mode(struct options *o, const char *value, struct err *e)
{
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(modes[i].name, value) == 0)
			return set_mode(o, modes[i].mode);
	return err_set(e, ERR_USAGE, "-b%s is not supported; see pinmail(1)",
	    value);
}

static bool
set_full_name(struct options *o, const char *value, struct err *e)
{
	if (ascii_has_control(value))
		return err_set(e, ERR_USAGE,
		    "-F: a line break or control character in the name");
	o->full_name = value;
	return true;
}

static bool
set_timeout(struct options *o, const char *value, struct err *e)
{
	uint64_t n = 0;

	if (strcmp(value, "off") != 0 && !ascii_uint(value, 1, 86400, &n))
		return err_set(e, ERR_USAGE,
		    "--timeout cannot be \"%s\"; it is off or seconds", value);
	o->timeout = (int)n;
	return true;
}

/* Postfix's -XV and -XV+= ask for a sender for each recipient. */
static bool
is_verp(const char *value)
{
	return value[0] == 'V' && (value[1] == '\0' || strlen(value) == 3);
}

/* A value that is none of these is no reason to lose a message. */
static bool
set_wish(struct options *o, enum option_action action, const char *value)
{
	if (action == NOTIFY)
		dsn_parse_notify(value, &o->notify);
	else if (action == RET)
		dsn_parse_ret(value, &o->ret);
	else if (is_envid(value))
		o->envid = value;
	return true;
}

static bool
refuse(const struct option *opt, const char *value, struct err *e)
{
	switch (opt->action) {
	case PRETEND:
		return err_set(e, ERR_USAGE,
		    "nothing is pretended; to see what becomes of an address: "
		    "pinmail -bv ADDRESS");
	case SERVER_INFO:
		return err_set(e, ERR_USAGE,
		    "to see what the server says, send a message with -v");
	case QUARANTINE:
		return *value != '\0'
		    || err_set(e, ERR_USAGE,
			"-Q needs a reason, attached to it");
	case TRAFFIC:
		return !is_verp(value)
		    || err_set(e, ERR_USAGE,
			"-X%s: VERP is not supported; see pinmail(1)", value);
	default:
		return err_set(e, ERR_USAGE,
		    "--%s counts only as the first argument", opt->name);
	}
}

bool
option_act(struct options *o, const struct option *opt, const char *value,
    enum option_place place, struct err *e)
{
	char *at = (char *)o + opt->at;

	switch (opt->action) {
	case IGNORE:
		return true;
	case FLAG:
		*(bool *)at = true;
		return true;
	case TEXT:
		*(const char **)at = value;
		return true;
	case FROM_DECIDES:
		o->sender = NULL;
		return true;
	case FIRST_ONLY:
		o->config = value;
		return place == FIRST || refuse(opt, value, e);
	case CONFIG:
		/* Whoever appends arguments must not choose files. */
		if (place == FIRST && o->as_pinmail)
			o->config = value;
		else if (o->mode == MODE_CHECK || o->mode == MODE_PIN)
			return err_set(e, ERR_USAGE,
			    "-C FILE counts only as the first argument: "
			    "pinmail -C FILE --check");
		return true;
	case BODY_MODE:
		return set_body_mode(o, value, e);
	case CHECK_ALIAS:
		return set_mode(o, MODE_ALIASES);
	case QUEUE_RUN:
		return set_mode(o, MODE_NOTHING);
	case CHECK:
	case PINS:
		if (place == ANYWHERE)
			return refuse(opt, value, e);
		return set_mode(o, opt->action == PINS ? MODE_PIN : MODE_CHECK);
	case DEBUG:
		o->verbose = o->verbose || (o->as_pinmail && *value == '\0');
		return true;
	case OLD_OPTION:
		o->dots = o->dots || *value == 'i';
		return true;
	case NOTIFY:
	case RET:
	case ENVID:
		return set_wish(o, opt->action, value);
	case FULL_NAME:
		return set_full_name(o, value, e);
	case TIMEOUT:
		return set_timeout(o, value, e);
	default:
		return refuse(opt, value, e);
	}
}
