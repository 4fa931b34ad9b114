/* SPDX-License-Identifier: ISC */
#ifndef TEST_FAULT_NTH_H
#define TEST_FAULT_NTH_H

#include <stdatomic.h>

/* What is counted, in the file that NTH_STATE names. */
struct nth_state {
	atomic_ulong calls;  /* of NTH_CALL */
	atomic_ulong failed; /* of these */
};

#endif
