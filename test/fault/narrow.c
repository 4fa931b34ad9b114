/* SPDX-License-Identifier: ISC */
/*
 * LD_PRELOAD: sockets have small buffers, so that little is under way at
 * a time.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int
socket(int domain, int type, int protocol)
{
	const int size = 4096;
	int fd = (int)syscall(SYS_socket, domain, type, protocol);

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	}
	return fd;
}
