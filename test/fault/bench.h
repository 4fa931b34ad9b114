/* SPDX-License-Identifier: ISC */
#ifndef TEST_FAULT_BENCH_H
#define TEST_FAULT_BENCH_H

#include <stdbool.h>

#include "test/fault/nth.h"
#include "test/server/bytes.h"
#include "test/server/cert.h"
#include "test/server/session.h"

/* What is sent, and where to; what is not said is as usual. */
struct delivery {
	const char *name;
	const char *server; /* options of the server, by blanks */
	const char *conf;   /* lines of the account */
	const char *args;   /* operands and options, by blanks */
	const char *line;   /* of the body */
	const char *filed;  /* as the server has it, if that is another */
	int lines;          /* how often that */
	bool dialogue;      /* -bs */
	bool never;         /* it is not our server, and gets nothing */
};

/* What fails, and how. */
struct fault {
	const char *call; /* NTH_CALL */
	int error; /* NTH_ERRNO; a result of getaddrinfo; or FAULT_SHORT */
	/* Only that call, or all behind it; nothing may come of it at all. */
	enum { ONCE, ON, HARMLESS } mode;
};

#define FAULT_SHORT 0

/* Is it nomem.so that knows the call? */
bool fault_of_memory(const struct fault *);

/* Where one run after another takes place. */
struct bench {
	const char *binary, *faults; /* the program; where the libraries are */
	struct bytes dir;
	char pin[CERT_PIN_SIZE];
	struct nth_state *state;

	const struct delivery *delivery;
	struct bytes words, body; /* of the server's options; as it files */
	struct options options;
	struct server server;
	int listener;
};

struct outcome {
	int status;           /* as of waitpid */
	unsigned long failed; /* calls */
	unsigned long filed;  /* messages */
	bool hung, orphan;    /* took too long; left a child behind */
	bool damaged, litter; /* what was filed; a temporary file is left */
	struct bytes out, err, log;
};

/* Makes the directory; ends the process where the machine is in the way. */
void bench_open(struct bench *, const char *parent, int number);
void bench_close(struct bench *);
/* Frees what path_of() a bench and a name is. */
char *bench_path(const struct bench *, const char *name);
/* What the next runs deliver. */
void bench_set(struct bench *, const struct delivery *);

/* One run, whose nth call fails; 0: none. Clears the outcome first. */
void bench_run(struct bench *, const struct fault *, unsigned long nth,
    struct outcome *);
void outcome_clear(struct outcome *);

/* What is wrong with it, or NULL. */
const char *judge(const struct delivery *, const struct fault *,
    const struct outcome *);

#endif
