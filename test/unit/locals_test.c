/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "cmd/locals.h"
#include "lib/conf/expand.h"
#include "lib/mail/addr.h"
#include "test/unit/scripted.h"

#define ACCOUNT                                                              \
	"account a\nhost h\npin sha256:"                                     \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n" \
	"from a@own.example\nlocal_domains intern\naliases aliases\n"
#define TO ACCOUNT "local_to rest@x\n"

static char user[] = "root", node[] = "web1", fqdn[] = "web1.host.example";
static const struct site site = {.user = user, .node = node, .fqdn = fqdn};
static struct conf conf;
static struct err e;
static struct locals locals;

static void
begin(const char *account, const char *aliases)
{
	const struct conf_world w = {.system_file = "/nonexistent",
	    .user = user,
	    .host = fqdn};

	locals_clear(&locals);
	conf_clear(&conf);
	unit_file("aliases", 0644, aliases);
	if (!conf_load(&conf, &w, unit_file("c", 0600, account), &e))
		fail_msg("%s", e.text);
	locals_begin(&locals, conf.v[0], &site);
}

/* Of an address list, whom the mail goes to; ! for a fault. */
static void
goes(const char *to, const char *want)
{
	struct mailboxes list = {0};
	struct expansion x = {0};
	struct buf b = {0};

	assert_true(addr_parse(&list, to, strlen(to), &e));
	assert_int_equal(list.n, 1);
	locals_expand(&locals, &list.v[0], &x);
	for (size_t i = 0; i < x.to.n; i++) {
		buf_adds(&b, i > 0 ? " " : "");
		mailbox_path(&b, &x.to.v[i]);
		assert_true(*x.to.v[i].domain != '\0');
	}
	if (x.fault.n > 0)
		buf_adds(&b, "!");
	/* Nobody is left without a word. */
	if (x.to.n == 0 && x.fault.n == 0 && !x.discarded)
		fail_msg("%s goes nowhere", to);
	if (strcmp(buf_str(&b), want) != 0)
		fail_msg("%s goes to \"%s\" (%s), not \"%s\"", to, buf_str(&b),
		    buf_str(&x.fault), want);
	buf_clear(&b);
	expansion_clear(&x);
	mailboxes_clear(&list);
}

#define ALIASES                                                                \
	"root: admin@x, ops\nops: o@x\nself: self, s@x\nhere: \\here\n"        \
	"cmd: |c\nnull: /dev/null\nmix: |c, m@x\nsome: nobody, root\nempty:\n" \
	"twice: root, O@x, ops, o@X, who, ever\n"

static void
knows_who_gets_it(void **state)
{
	static const char *const t[][3] = {
	    /* the address, without local_to, with it */
	    {"a@x", "a@x", "a@x"},
	    {"root@own.example", "root@own.example", "root@own.example"},
	    {"root", "admin@x o@x", "admin@x o@x"},
	    {"ROOT@Localhost", "admin@x o@x", "admin@x o@x"},
	    {"root@web1", "admin@x o@x", "admin@x o@x"},
	    {"root@intern", "admin@x o@x", "admin@x o@x"},
	    {"root@web1.host.example", "admin@x o@x", "admin@x o@x"},
	    {"bob@web1.host.example", "bob@web1.host.example",
		"bob@web1.host.example"},
	    {"bob", "!", "rest@x"},
	    {"bob@localhost.localdomain", "!", "rest@x"},
	    {"\"a@b\"", "!", "rest@x"},
	    {"self", "s@x!", "rest@x s@x"},
	    {"here", "!", "rest@x"},
	    {"some", "admin@x o@x!", "rest@x admin@x o@x"},
	    {"cmd", "!", "!"},
	    {"mix", "m@x!", "m@x!"},
	    {"null", "", ""},
	    {"empty", "!", "!"},
	    {"twice", "admin@x o@x O@x!", "admin@x o@x O@x rest@x"},
	};

	(void)state;
	begin(ACCOUNT, ALIASES);
	for (size_t i = 0; i < COUNT(t); i++)
		goes(t[i][0], t[i][1]);
	begin(TO, ALIASES);
	for (size_t i = 0; i < COUNT(t); i++)
		goes(t[i][0], t[i][2]);
	begin(ACCOUNT "from a@web1\n", "root: r@x\n");
	goes("root@web1", "root@web1");
	goes("root@localhost", "r@x");
	begin(TO "aliases off\n", "root: r@x\n");
	goes("root", "rest@x");
	goes("root@web1.host.example", "root@web1.host.example");
}

static void
fault(const char *name, const char *part)
{
	char none[] = "", local[64];
	const struct mailbox m = {none, local, none};
	struct expansion x = {0};

	strcpy(local, name);
	locals_expand(&locals, &m, &x);
	assert_has(buf_str(&x.fault), part);
	expansion_clear(&x);
}

static void
says_what_to_write(void **state)
{
	struct buf want = {0};

	(void)state;
	begin(ACCOUNT, "bad\nroot: two words\n");
	buf_addf(&want,
	    "nobody on this host gets mail; write \"bob: you@example.com\" "
	    "into %s, or local_to into pinmail.conf",
	    unit_path("aliases"));
	fault("bob", want.p);
	fault("bob", unit_path("aliases:1: "));
	fault("root", unit_path("aliases:2: two words"));
	begin(ACCOUNT "aliases off\n", "");
	fault("bob", "into /etc/aliases, or local_to");
	/* A file that was named is there, is ours, or is a fault. */
	begin(ACCOUNT "aliases none\n", "");
	fault("bob", unit_path("none: "));
	begin(TO "aliases none\n", "");
	goes("bob", "!");
	goes("bob@x", "bob@x");
	begin(TO, "root: r@x\n");
	chmod(unit_path("aliases"), 0666);
	goes("root", "!");
	fault("root", "chmod go-w");
	/* local_to is a plain address, but not every one is good. */
	for (size_t i = 0; i < 5; i++) {
		static const char *const bad[] = {"a@b@c", "a@", "@b", "(a@b)",
		    "root@localhost"};

		buf_reset(&want);
		buf_addf(&want, ACCOUNT "local_to %s\n", bad[i]);
		begin(want.p, "");
		goes("root", "!");
		fault("root", bad[i]);
	}
	buf_clear(&want);
}

/* The file is not looked at before somebody here gets mail. */
static void
reads_the_file_when_it_must(void **state)
{
	(void)state;
	begin(ACCOUNT "aliases none\n", "");
	goes("a@x", "a@x");
	goes("a@web10", "a@web10");
	assert_false(locals.read);
	goes("root", "!");
	assert_true(locals.read);
	begin(ACCOUNT, "root: r@x\n");
	goes("root", "r@x");
	goes("root", "r@x");
	assert_int_equal(locals.aliases.n, 1);
}

/* Paths with their states. */
static void
envelope_is(const struct envelope *env, const char *want)
{
	struct buf b = {0};

	for (size_t i = 0; i < env->n; i++) {
		buf_addf(&b, "%s%s:%c", i > 0 ? " " : "",
		    env->rcpt[i].mailbox.p, "PTDR"[env->rcpt[i].v.state]);
		assert_int_equal(env->rcpt[i].v.code, 0);
	}
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static void
resolves(const char *to, const char *want)
{
	struct mailboxes list = {0};
	struct envelope env = {0};

	assert_true(addr_parse(&list, to, strlen(to), &e));
	for (size_t i = 0; i < list.n; i++)
		envelope_add(&env, &list.v[i])->notify = 4;
	locals_envelope(&locals, &env);
	envelope_is(&env, want);
	for (size_t i = 0; i < env.n; i++)
		if (env.rcpt[i].v.state == PENDING)
			assert_int_equal(env.rcpt[i].notify, 4);
		else
			assert_true(env.rcpt[i].v.text[0] != '\0');
	mailboxes_clear(&list);
	envelope_clear(&env);
}

static void
resolves_the_envelope(void **state)
{
	static const char *const t[][2] = {
	    {"a@x, b@x", "a@x:P b@x:P"},
	    {"root", "admin@x:P o@x:P"},
	    {"a@x, root@localhost, b@x", "a@x:P admin@x:P o@x:P b@x:P"},
	    {"root, ops, o@X, admin@x", "admin@x:P o@x:P"},
	    {"bob", "bob:R"},
	    {"bob, a@x, bob@intern", "bob:R a@x:P bob@intern:R"},
	    {"null, a@x", "null:T a@x:P"},
	    {"null@localhost", "null@localhost:T"},
	    {"mix", "m@x:P mix:R"},
	    {"empty, cmd", "empty:R cmd:R"},
	    {"bob@web1.host.example", "bob@web1.host.example:P"},
	    {"\"b@x\"", "\"b@x\":R"},
	    {"\"b@localhost\"@x", "\"b@localhost\"@x:P"},
	};
	struct envelope env = {0};

	(void)state;
	begin(ACCOUNT, ALIASES);
	for (size_t i = 0; i < COUNT(t); i++)
		resolves(t[i][0], t[i][1]);
	locals_envelope(&locals, &env);
	assert_int_equal(env.n, 0);
	/* What they become may need more, or less. */
	begin(ACCOUNT, "root: \xc3\xa4@x\n\xc3\xa4: a@x\n");
	scripted_rcpt(&env, "root", "");
	locals_envelope(&locals, &env);
	assert_true(env.utf8);
	envelope_clear(&env);
	scripted_rcpt(&env, "\xc3\xa4", "");
	assert_true(env.utf8);
	locals_envelope(&locals, &env);
	assert_false(env.utf8);
	envelope_clear(&env);
}

/* Odd local parts come through unchanged beside a local recipient. */
static void
loses_nobody_beside_them(void **state)
{
	static const char letters[] = "a.@ \"\\,;:<>()[]#\xc3\xa4=+'~";
	uint32_t seed = 11;

	(void)state;
	begin(ACCOUNT, ALIASES);
	for (int i = 0; i < 3000; i++) {
		size_t n = unit_random(&seed) % 8;
		struct envelope env = {0};
		struct buf path = {0};
		char local[16] = "";

		for (size_t k = 0; k < n; k++) {
			char c =
			    letters[unit_random(&seed) % (sizeof letters - 1)];

			local[k] = (c & 0x80) != 0 ? 'x' : c;
		}
		scripted_rcpt(&env, local, "x.example");
		buf_adds(&path, env.rcpt[0].mailbox.p);
		scripted_rcpt(&env, "ops", "");
		locals_envelope(&locals, &env);
		assert_int_equal(env.n, 2);
		assert_string_equal(env.rcpt[0].mailbox.p, path.p);
		envelope_clear(&env);
		buf_clear(&path);
	}
}

/* A header in LF lines becomes that; NULL: it stays. */
static void
header_becomes(const char *text, const char *want)
{
	struct buf b = {0}, lf = {0};
	struct message m;

	scripted_message(&m, text, strlen(text));
	if (!locals_header(&locals, &m.header, &e))
		fail_msg("%s", e.text);
	header_emit(&m.header, &b);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '\r')
			buf_addc(&lf, b.p[i]);
	assert_string_equal(buf_str(&lf), want != NULL ? want : text);
	buf_clear(&b);
	buf_clear(&lf);
	message_clear(&m);
}

static void
resolves_the_header(void **state)
{
	static const char *const t[][2] = {
	    {"To: a@x\nCc: \"B\" <b@x>,\n\tc@x\n", NULL},
	    {"To: root\n", "To: admin@x,\n o@x\n"},
	    {"Cc: A <a@x>, ops@localhost\n", "Cc: A <a@x>,\n o@x\n"},
	    {"Resent-To: ops\nResent-Cc: ops\nTo: ops\n",
		"Resent-To: o@x\nResent-Cc: o@x\nTo: o@x\n"},
	    {"To: Op <ops>\n", "To: Op <o@x>\n"},
	    {"To: Al <root>\n", "To: admin@x,\n o@x\n"},
	    {"To: ops (the ops)\n", "To: the ops <o@x>\n"},
	    {"To: ops@web1.host.example\n", "To: o@x\n"},
	    {"To: bob@web1.host.example\n", NULL},
	    {"To: bob@intern\n", "To: bob@intern\n"},
	    {"Cc: null@localhost, a@x\n", "Cc: null@localhost,\n a@x\n"},
	    {"To: undisclosed-recipients:;\n", NULL},
	    {"To: g: ops, a@x;\n", "To: o@x,\n a@x\n"},
	    /* Others are not ours to change. */
	    {"Bcc: root\nFrom: root\nX-To: root\nReply-To: root\n", NULL},
	    {"To: two words, root\n", NULL},
	    {"To: <root\n", NULL},
	    {"To:\nCc: \n", NULL},
	};
	struct message m;

	(void)state;
	begin(ACCOUNT, ALIASES);
	for (size_t i = 0; i < COUNT(t); i++)
		header_becomes(t[i][0], t[i][1]);
	scripted_message(&m, "DKIM-Signature: v=1; h=To\nTo: root\n", 36);
	assert_false(locals_header(&locals, &m.header, &e));
	assert_err(&e, ERR_INPUT, "To");
	message_clear(&m);
}

/* Who stays on this host is shown with a domain. */
static void
qualifies_names(void **state)
{
	struct buf domain = {0}, want = {0};

	(void)state;
	expand_mailname(&domain, fqdn);
	begin(ACCOUNT, ALIASES);
	buf_addf(&want, "To: bob@%s,\n Nu Ll <null@%s>,\n a@x\n", domain.p,
	    domain.p);
	header_becomes("To: bob, Nu Ll <null>, a@x\n", want.p);
	begin(TO, ALIASES);
	header_becomes("To: bob\nCc: Bob <bob@web1>\n",
	    "To: rest@x\nCc: Bob <rest@x>\n");
	buf_clear(&domain);
	buf_clear(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(knows_who_gets_it),
	    TEST(says_what_to_write),
	    TEST(reads_the_file_when_it_must),
	    TEST(resolves_the_envelope),
	    TEST(loses_nobody_beside_them),
	    TEST(resolves_the_header),
	    TEST(qualifies_names),
	};
	int failed = RUN_WITH_DIR("locals", tests);

	locals_clear(&locals);
	conf_clear(&conf);
	return failed;
}
