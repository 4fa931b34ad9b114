/* SPDX-License-Identifier: ISC */
/*
 * A slow line: two tun devices, and each packet is held on its way.
 *
 *	delay MILLISECONDS
 *
 * One device is made in the network namespace that it is started in, which is
 * the servers', the other in a new one, the clients': /proc/PID/ns/net of this
 * process. 127.0.0.1 is at the other end for the clients, so that servers of
 * the loopback device are found over the line. TCP is the kernel's: connect,
 * slow start, Nagle and delayed acknowledgements are real.
 *
 * Prints a newline when all is ready, and ends with standard input. Needs
 * CAP_NET_ADMIN, and a namespace in which nobody else's packets are disturbed.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SERVERS "10.255.255.1"
#define CLIENTS "10.255.255.2"
#define PACKET 2048
#define RING 8192

/* What travels in one direction, the oldest first. */
static struct line {
	int from, to;
	size_t head, n;
	struct held {
		int64_t due;
		size_t len;
		char bytes[PACKET];
	} ring[RING];
} lines[2];

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
address(struct sockaddr *sa, const char *text)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};

	inet_pton(AF_INET, text, &sin.sin_addr);
	memcpy(sa, &sin, sizeof(sin));
}

/* Addresses of 127.0.0.0/8 may come and go by it. */
static void
route_localnet(const char *device)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path),
	    "/proc/sys/net/ipv4/conf/%s/route_localnet", device);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		die(path);
	close(fd);
}

static int
make_device(const char *here, const char *there)
{
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	if (fd < 0 || s < 0)
		die("/dev/net/tun");
	strcpy(r.ifr_name, "slow");
	if (ioctl(fd, TUNSETIFF, &r) != 0)
		die("tun device");
	address(&r.ifr_addr, here);
	if (ioctl(s, SIOCSIFADDR, &r) != 0)
		die(here);
	address(&r.ifr_dstaddr, there);
	if (ioctl(s, SIOCSIFDSTADDR, &r) != 0)
		die(there);
	r.ifr_qlen = RING;
	if (ioctl(s, SIOCSIFTXQLEN, &r) != 0)
		die("queue");
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(s, SIOCSIFFLAGS, &r) != 0)
		die("up");
	close(s);
	route_localnet("slow");
	return fd;
}

/* The loopback device of this namespace stays down. */
static void
route_to_servers(void)
{
	struct rtentry r = {.rt_flags = RTF_UP | RTF_HOST};
	char device[] = "slow";
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	address(&r.rt_dst, "127.0.0.1");
	address(&r.rt_genmask, "255.255.255.255");
	r.rt_dev = device;
	if (ioctl(s, SIOCADDRT, &r) != 0)
		die("route");
	close(s);
}

static void
take(struct line *l, int64_t delay)
{
	struct held *h;
	ssize_t n;

	while (l->n < RING) {
		h = &l->ring[(l->head + l->n) % RING];
		n = read(l->from, h->bytes, sizeof(h->bytes));
		if (n <= 0)
			return;
		h->due = now() + delay;
		h->len = (size_t)n;
		l->n++;
	}
}

/* Lets go what is due; returns when the next one is, or INT64_MAX. */
static int64_t
give(struct line *l)
{
	while (l->n > 0) {
		const struct held *h = &l->ring[l->head];

		if (h->due > now())
			return h->due;
		if (write(l->to, h->bytes, h->len) < 0 && errno == EAGAIN)
			return now() + 100000;
		l->head = (l->head + 1) % RING;
		l->n--;
	}
	return INT64_MAX;
}

static void
relay(int64_t delay)
{
	struct pollfd p[3] = {{.fd = lines[0].from, .events = POLLIN},
	    {.fd = lines[1].from, .events = POLLIN},
	    {.fd = STDIN_FILENO, .events = POLLIN}};
	struct timespec wait;
	int64_t due, left;

	while (p[2].revents == 0) {
		due = INT64_MAX;
		for (size_t i = 0; i < 2; i++) {
			int64_t next = give(&lines[i]);

			p[i].events = lines[i].n < RING ? POLLIN : 0;
			due = next < due ? next : due;
		}
		left = due - now();
		left = left < 0 ? 0 : left;
		wait.tv_sec = left / 1000000000;
		wait.tv_nsec = left % 1000000000;
		if (ppoll(p, 3, due == INT64_MAX ? NULL : &wait, NULL) < 0)
			die("poll");
		take(&lines[0], delay);
		take(&lines[1], delay);
	}
}

int
main(int argc, char *argv[])
{
	int servers, clients;

	if (argc != 2 || atoi(argv[1]) <= 0)
		return 2;
	servers = make_device(SERVERS, CLIENTS);
	if (unshare(CLONE_NEWNET) != 0)
		die("namespace");
	clients = make_device(CLIENTS, SERVERS);
	route_to_servers();
	lines[0].from = lines[1].to = servers;
	lines[1].from = lines[0].to = clients;
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	puts("");
	fflush(stdout);
	relay((int64_t)atoi(argv[1]) * 1000000);
	return 0;
}
