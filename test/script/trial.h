/* SPDX-License-Identifier: ISC */
#ifndef TEST_SCRIPT_TRIAL_H
#define TEST_SCRIPT_TRIAL_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "test/script/player.h"
#include "test/script/script.h"
#include "test/server/bytes.h"

/* One run of the binary against one transcript, and what came of it. */
struct trial {
	const char *binary; /* absolute */
	const char *pin;
	SSL_CTX *ctx;
	struct script script;
	struct player player;
	struct bytes dir; /* made for it, removed after it */
	struct bytes stdout_text, stderr_text, log_text;
	int port, status; /* status: as of waitpid */
	double seconds;
	bool killed, second; /* second: it connected once more */
};

/* Runs it; ends the process if the machine does not let it. */
void trial_run(struct trial *);
void trial_clear(struct trial *);

/*
 * Judges what came of it, after trial_run(). Adds a `# ` line for every
 * fault; true if there was none.
 */
bool trial_judge(const struct trial *, struct bytes *diagnostics);

#endif
