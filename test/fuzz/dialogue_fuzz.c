/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/dialogue.h"
#include "cmd/session.h"
#include "lib/base/ascii.h"
#include "test/fuzz/judge.h"

static struct {
	struct player player;
	size_t taken; /* messages that servers took */
} world;

/* Instead of those in cmd/session: no network, no TLS. */
bool
session_open(struct session *s, const struct account *a,
    const struct session_ways *ways, const char *sender, struct err *e)
{
	(void)ways, (void)sender;
	s->a = a;
	s->c.host = a->host;
	s->c.stream = player_open(&world.player);
	stream_set_proved(s->c.stream);
	return client_greeting(&s->c, e)
	    && client_ehlo(&s->c, "example.com", e);
}

void
session_close(struct session *s)
{
	struct judge j = {0};

	if (s->c.stream != NULL) {
		client_quit(&s->c);
		judge_session(&j, &world.player, 0, 1);
		world.taken += j.taken;
	}
	stream_close(s->c.stream);
	client_clear(&s->c);
	*s = (struct session){0};
}

/* The only configuration, in files of our own. */
static const char *
configuration(void)
{
	static const char aliases[] =
	    "root: bob@example.net, carl\nnobody: /dev/null\nwww: |/x\n";
	static const char *path;
	struct buf b = {0};

	if (path != NULL)
		return path;
	buf_adds(&b,
	    "host mx\nfrom alice@example.com\nsenders *@alice.example.com\n"
	    "auth off\nsyslog off\nlocal_to admin@example.com\n"
	    "pin sha256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n");
	buf_addf(&b, "aliases %s\n",
	    fuzz_file("aliases", aliases, strlen(aliases), 0600));
	path = fuzz_file("conf", b.p, b.n, 0600);
	buf_clear(&b);
	return path;
}

/* Each line is a reply's; how many took a message, of which some is nobody's?
 */
static size_t
read_replies(const struct buf *out, size_t *thrown_away)
{
	struct input in = {buf_str(out), out->n};
	struct buf line = {0};
	bool content = false;
	size_t taken = 0;

	while (fuzz_line(&in, &line)) {
		must(line.n > 3 && line.n <= 512);
		must(line.p[line.n - 1] == '\r');
		line.p[--line.n] = '\0';
		must(strlen(line.p) == line.n && !ascii_has_control(line.p));
		must(line.p[0] >= '2' && line.p[0] <= '5'
		    && ascii_is_digit(line.p[1]) && ascii_is_digit(line.p[2])
		    && strchr(" -", line.p[3]) != NULL);
		must(!content || line.p[0] != '3');
		taken += content && line.p[0] == '2';
		*thrown_away += content && strstr(line.p, "thrown away");
		content = strncmp(line.p, "354 ", 4) == 0;
	}
	buf_clear(&line);
	return taken;
}

/* The caller's side on descriptors 0 and 1. */
static void
converse(const char *p, size_t n, struct buf *out)
{
	static char *const none[] = {NULL};
	const struct options o = {.mode = MODE_DIALOGUE,
	    .as_pinmail = true,
	    .timeout = -1,
	    .config = configuration(),
	    .operands = none};
	int was[2] = {dup(0), dup(1)};
	int to = memfd_create("to", 0), from = memfd_create("from", 0);
	off_t size;

	must(was[1] >= 0 && to >= 0 && from >= 0);
	must(write(to, p, n) == (ssize_t)n && lseek(to, 0, SEEK_SET) == 0);
	must(dup2(to, 0) == 0 && dup2(from, 1) == 1);
	must(dialogue_run(&o) == 0);
	fuzz_unguard();
	size = lseek(from, 0, SEEK_END);
	buf_reserve(out, (size_t)size);
	must(pread(from, out->p, (size_t)size, 0) == size);
	out->n = (size_t)size;
	must(dup2(was[1], 1) == 1);
	if (was[0] >= 0)
		must(dup2(was[0], 0) == 0 && close(was[0]) == 0);
	close(was[1]);
	close(to);
	close(from);
}

/* What the servers say; behind a line "%%", what the caller does. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {(const char *)data, n};
	const char *caller;
	struct buf out = {0};
	size_t taken, thrown_away = 0;

	player_begin(&world.player, &in);
	caller = memmem(in.p, in.n, "%%\n", 3);
	if (caller != NULL) {
		world.player.server =
		    (struct input){in.p, (size_t)(caller - in.p)};
		caller += 3;
		world.taken = 0;
		converse(caller, (size_t)(in.p + in.n - caller), &out);
		taken = read_replies(&out, &thrown_away);
		must(
		    world.taken <= taken && taken <= world.taken + thrown_away);
	}
	player_clear(&world.player);
	buf_clear(&out);
	return 0;
}
