/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

bool
random_bytes(void *out, size_t n, struct err *e)
{
	unsigned char *p = out;
	ssize_t r;

	while (n > 0) {
		r = getrandom(p, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(e, ERR_SYSTEM,
			    "the kernel gives no randomness (getrandom: %s); "
			    "without it nothing is sent",
			    r < 0 ? strerror(errno) : "no bytes");
		p += r;
		n -= (size_t)r;
	}
	return true;
}
