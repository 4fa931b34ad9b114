/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "lib/net/socks.h"

#include <arpa/inet.h>
#include <string.h>

enum { SOCKS5 = 5, SOCKS_CONNECT = 1, NO_LOGIN = 0 };
enum { IPV4 = 1, NAME = 3, IPV6 = 4 };

static const char *const refusals[] = {
    "succeeded",
    "general failure",
    "not allowed",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "time to live expired",
    "command not supported",
    "address type not supported",
};

/* RFC 1928, 4. */
static void
put_request(struct stream *s, const char *host, int port)
{
	unsigned char head[4] = {SOCKS5, SOCKS_CONNECT, 0, NAME}, ip[16];
	unsigned char len = (unsigned char)strlen(host);
	unsigned char number[2] = {(unsigned char)(port >> 8),
	    (unsigned char)port};
	size_t n = 0;

	if (inet_pton(AF_INET, host, ip) == 1) {
		head[3] = IPV4;
		n = 4;
	} else if (inet_pton(AF_INET6, host, ip) == 1) {
		head[3] = IPV6;
		n = 16;
	}
	stream_put(s, head, sizeof head);
	if (n > 0) {
		stream_put(s, ip, n);
	} else {
		stream_put(s, &len, 1);
		stream_put(s, host, len);
	}
	stream_put(s, number, sizeof number);
}

/* RFC 1928, 6: where it is bound is of no interest, but must be read. */
static bool
read_reply(struct stream *s, int64_t until, struct err *e)
{
	unsigned char head[4], rest[256 + 2], len;
	size_t n;

	if (!stream_bytes(s, head, sizeof head, until, e))
		return false;
	if (head[0] != SOCKS5)
		return err_set(e, ERR_PROTOCOL, "it does not speak SOCKS5");
	if (head[1] != 0)
		return err_set(e, ERR_UNREACHABLE, "%s",
		    head[1] < sizeof refusals / sizeof refusals[0]
			? refusals[head[1]]
			: "refused");
	switch (head[3]) {
	case IPV4:
		n = 4;
		break;
	case IPV6:
		n = 16;
		break;
	case NAME:
		if (!stream_bytes(s, &len, 1, until, e))
			return false;
		n = len;
		break;
	default:
		return err_set(e, ERR_PROTOCOL, "it does not speak SOCKS5");
	}
	return stream_bytes(s, rest, n + 2, until, e);
}

bool
socks_connect(struct stream *s, const char *host, int port, int64_t until,
    struct err *e)
{
	static const unsigned char hello[] = {SOCKS5, 1, NO_LOGIN};
	unsigned char answer[2];

	if (strlen(host) > 255)
		return err_set(e, ERR_CONFIG, "proxy: host is too long");
	stream_put(s, hello, sizeof hello);
	if (!stream_bytes(s, answer, sizeof answer, until, e))
		return err_in(e, "proxy");
	if (answer[0] != SOCKS5)
		return err_set(e, ERR_PROTOCOL,
		    "proxy: it does not speak SOCKS5");
	if (answer[1] != NO_LOGIN)
		return err_set(e, ERR_UNREACHABLE,
		    "proxy: it wants a login, which is not supported");
	put_request(s, host, port);
	return read_reply(s, until, e) || err_in(e, "proxy");
}
