/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "test/unit/unit.h"

#include "cmd/session.h"

/* What failed once is no password the second time. */
static void
tries_secrets_again(void **state)
{
	static char user[] = "alice", eval[] = "exit 3", found[] = "echo no";
	struct account a = {.auth = AUTH_ANY,
	    .user = user,
	    .passwordeval = eval,
	    .name = user};
	struct session s = {0};
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_false(session_secrets(&s, &a, NULL, &e));
		assert_err(&e, ERR_SECRET, "exited with 3");
		assert_true(e.advised);
	}
	a.passwordeval = found;
	for (int i = 0; i < 2; i++) {
		assert_true(session_secrets(&s, &a, NULL, &e));
		assert_string_equal(buf_str(&s.user), "alice");
		assert_string_equal(buf_str(&s.password), "no");
		a.passwordeval = eval; /* it is not run again */
	}
	session_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tries_secrets_again),
	};

	return RUN("session", tests);
}
