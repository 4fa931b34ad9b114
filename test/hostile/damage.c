/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "test/hostile/hostile.h"

/* What stands in for a part of what a good server says, or between. */
struct morsel {
	const char *what, *data;
	size_t n; /* 0: a string */
	size_t times;
	int new, old; /* exits under TLS 1.3 and 1.2 */
};

#define B(s) s, sizeof(s) - 1

static const struct morsel morsels[] = {
    {"a greeting in plain text", "220 mx.example ESMTP\r\n", 0, 1, 76, 76},
    {"a fatal alert", B("\x15\x03\x03\x00\x02\x02\x28"), 1, 76, 76},
    {"a warning", B("\x15\x03\x03\x00\x02\x01\x5a"), 1, HOSTILE_EITHER,
	HOSTILE_EITHER},
    {"1000 warnings", B("\x15\x03\x03\x00\x02\x01\x5a"), 1000, 76, 76},
    {"close_notify", B("\x15\x03\x03\x00\x02\x01\x00"), 1, HOSTILE_FAILS,
	HOSTILE_FAILS},
    {"an alert that nobody knows", B("\x15\x03\x03\x00\x02\x02\xfe"), 1, 76,
	76},
    {"half an alert", B("\x15\x03\x03\x00\x01\x02"), 1, 76, 76},
    {"change_cipher_spec", B("\x14\x03\x03\x00\x01\x01"), 1, HOSTILE_EITHER,
	76},
    {"50,000 change_cipher_spec", B("\x14\x03\x03\x00\x01\x01"), 50000, 76, 76},
    {"a wrong change_cipher_spec", B("\x14\x03\x03\x00\x01\x02"), 1, 76, 76},
    {"a heartbeat", B("\x18\x03\x03\x00\x03\x01\x40\x00"), 1, 76, 76},
    {"data in plain text", B("\x17\x03\x03\x00\x08\x32\x32\x30 hi\r\n"), 1, 76,
	76},
    {"an empty record", B("\x17\x03\x03\x00\x00"), 1, 76, 76},
    {"an empty handshake record", B("\x16\x03\x03\x00\x00"), 1, HOSTILE_EITHER,
	HOSTILE_EITHER},
    {"50,000 empty handshake records", B("\x16\x03\x03\x00\x00"), 50000, 76,
	76},
    {"a record of 65,535 bytes", B("\x16\x03\x03\xff\xff\x02"), 1, 76, 76},
    {"a record of version 5", B("\x16\x05\x00\x00\x04\x0e\x00\x00\x00"), 1, 76,
	76},
    {"a record of SSL 2", B("\x80\x2e\x04\x00\x00\x00\x02"), 1, 76, 76},
    {"a record of an unknown type", B("\x63\x03\x03\x00\x01\x00"), 1, 76, 76},
    {"a HelloRequest", B("\x16\x03\x03\x00\x04\x00\x00\x00\x00"), 1,
	HOSTILE_EITHER, HOSTILE_EITHER},
    {"ServerHelloDone", B("\x16\x03\x03\x00\x04\x0e\x00\x00\x00"), 1, 76, 76},
    {"an empty Certificate",
	B("\x16\x03\x03\x00\x07\x0b\x00\x00\x03\x00\x00\x00"), 1, 76, 76},
    {"Finished in plain text",
	B("\x16\x03\x03\x00\x10\x14\x00\x00\x0c"
	  "abcdefghijkl"),
	1, 76, 76},
    {"a ticket in plain text",
	B("\x16\x03\x03\x00\x0b\x04\x00\x00\x07\x00\x00\x00\x09\x00\x01t"), 1,
	76, 76},
    {"a message of 16 MiB", B("\x16\x03\x03\x00\x04\x0b\xff\xff\xff"), 1, 76,
	76},
};

/* In place of TLS. */
static const struct morsel answers[] = {
    {"nothing", "", 0, 1, 76, 76},
    {"a greeting", "220 mx.example ESMTP\r\n", 0, 1, 76, 76},
    {"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", 0, 1, 76, 76},
    {"a ServerHello of SSL 2",
	B("\x80\x1a\x04\x00\x01\x00\x02\x00\x03\x00\x03\x00\x10"
	  "\x01\x00\x80"
	  "0123456789abcdef"),
	1, 76, 76},
    {"a ServerHello of SSL 3",
	B("\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00"
	  "0123456789abcdef0123456789abcdef"
	  "\x00\x00\x35\x00"),
	1, 76, 76},
    {"a ServerHello of TLS 1.1",
	B("\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"
	  "0123456789abcdef0123456789abcdef"
	  "\x00\xc0\x14\x00"),
	1, 76, 76},
    {"a ServerHello with a cipher of its own",
	B("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
	  "0123456789abcdef0123456789abcdef"
	  "\x00\x00\x00\x00"),
	1, 76, 76},
    {"a ServerHello with compression",
	B("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
	  "0123456789abcdef0123456789abcdef"
	  "\x00\xc0\x2b\x01"),
	1, 76, 76},
    {"a ServerHello with a session of its own",
	B("\x16\x03\x03\x00\x4a\x02\x00\x00\x46\x03\x03"
	  "0123456789abcdef0123456789abcdef"
	  "\x20"
	  "0123456789abcdef0123456789abcdef"
	  "\x13\x01\x00"),
	1, 76, 76},
    {"a ServerHello of garbage",
	B("\x16\x03\x03\x00\x0c\x02\x00\x00\x08\xde\xad\xbe\xef\xde\xad\xbe"
	  "\xef"),
	1, 76, 76},
    {"a message that nobody knows", B("\x16\x03\x03\x00\x04\xde\xad\xbe\xef"),
	1, 76, 76},
    {"our own kind of message", B("\x16\x03\x03\x00\x04\x01\x00\x00\x00"), 1,
	76, 76},
    {"ServerHelloDone", B("\x16\x03\x03\x00\x04\x0e\x00\x00\x00"), 1, 76, 76},
    {"NULs", B("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 1, 76, 76},
};

static struct hostile *
add(struct hostile_list *l, const struct setup *setup)
{
	static struct setup setups[600];
	static size_t n;
	struct hostile *h = hostile_add(l);

	if (n == sizeof(setups) / sizeof(*setups))
		die("too many setups");
	setups[n] = *setup;
	setups[n].name = "";
	h->setup = &setups[n++];
	snprintf(h->conf, sizeof(h->conf), "key leaf;timeout 1");
	h->exit = HOSTILE_FAILS;
	return h;
}

static const char *
version_name(int version)
{
	return version == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2";
}

static const char *
verdict(const struct hostile *h)
{
	return h->exit == HOSTILE_EITHER ? "is safe" : "fails";
}

/* The records of a handshake, from 0; before which of them. */
static void
add_morsels(struct hostile_list *l, int version, const int *places)
{
	const struct morsel *m = morsels;
	struct hostile *h;

	for (; m < morsels + sizeof(morsels) / sizeof(*morsels); m++)
		for (const int *at = places; *at >= 0; at++) {
			h = add(l,
			    &(struct setup){.min = version,
				.max = version,
				.at = AT_RECORD,
				.n = *at,
				.deed = DO_INSERT,
				.data = m->data,
				.data_len = m->n,
				.times = m->times});
			snprintf(h->conf, sizeof(h->conf), "key leaf");
			h->exit = version == TLS1_3_VERSION ? m->new : m->old;
			snprintf(h->name, sizeof(h->name),
			    "%s, %s before record %d: %s",
			    version_name(version), m->what, *at, verdict(h));
		}
}

static const struct {
	enum deed deed;
	const char *words;
	int exit;
} deeds[] = {
    {DO_CLOSE, "the end", 75},
    {DO_RESET, "a reset", 75},
    {DO_HANG, "silence", 75},
    {DO_FLIP, "another bit", HOSTILE_FAILS},
    {DO_DROP, "left out", HOSTILE_FAILS},
    {DO_TWICE, "said twice", HOSTILE_FAILS},
};

static struct hostile *
add_deed(struct hostile_list *l, int version, enum at unit, int n,
    enum deed deed)
{
	static const char *const units[] = {[AT_BYTE] = "byte",
	    [AT_PART] = "thousandth",
	    [AT_RECORD] = "record",
	    [AT_OPENED] = "end"};
	struct hostile *h = add(l,
	    &(struct setup){.min = version,
		.max = version,
		.at = unit,
		.n = n,
		.deed = deed});
	size_t i = 0;

	while (deeds[i].deed != deed)
		i++;
	h->exit = deeds[i].exit;
	if (deed == DO_CLOSE || deed == DO_RESET)
		snprintf(h->conf, sizeof(h->conf), "key leaf");
	snprintf(h->name, sizeof(h->name), "%s, %s %d of the handshake: %s",
	    version_name(version), units[unit], n, deeds[i].words);
	return h;
}

static void
add_deeds(struct hostile_list *l, int version)
{
	/* In the record's head, the message's, versions, random, suites. */
	static const int bytes[] = {0, 1, 2, 3, 5, 6, 9, 11, 42, 43, 44, 76};
	struct hostile *h;

	for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		add_deed(l, version, AT_BYTE, bytes[i], DO_CLOSE);
		h = add_deed(l, version, AT_BYTE, bytes[i], DO_FLIP);
		/* Nothing follows a record that became longer; RFC 8446, 5.1:
		 * versions of records are ignored. */
		h->exit = HOSTILE_EITHER;
	}
	for (int part = 150; part < 1000; part += 75) {
		add_deed(l, version, AT_PART, part, DO_CLOSE);
		add_deed(l, version, AT_PART, part, DO_FLIP);
	}
	for (int n = 0; n < 6; n++) {
		add_deed(l, version, AT_RECORD, n, DO_CLOSE);
		add_deed(l, version, AT_RECORD, n, DO_RESET);
		for (enum deed deed = DO_DROP; deed <= DO_TWICE; deed++) {
			h = add_deed(l, version, AT_RECORD, n, deed);
			/* RFC 8446, D.4: nobody needs change_cipher_spec. */
			if (version == TLS1_3_VERSION && n == 1)
				h->exit = HOSTILE_EITHER;
			/* The first one was good. */
			h->proved = n == 5 && deed == DO_TWICE;
		}
	}
	add_deed(l, version, AT_RECORD, 0, DO_HANG);
	add_deed(l, version, AT_RECORD, 3, DO_HANG);
	add_deed(l, version, AT_RECORD, 5, DO_HANG);
	add_deed(l, version, AT_OPENED, 0, DO_CLOSE)->proved = true;
	add_deed(l, version, AT_OPENED, 0, DO_RESET)->proved = true;
	add_deed(l, version, AT_OPENED, 0, DO_HANG)->proved = true;
}

static void
add_answers(struct hostile_list *l)
{
	const struct morsel *m = answers;
	struct hostile *h;

	for (; m < answers + sizeof(answers) / sizeof(*answers); m++) {
		h = add(l,
		    &(struct setup){.answer = m->data, .answer_len = m->n});
		snprintf(h->name, sizeof(h->name),
		    "%s for a ServerHello: fails", m->what);
		h = add(l, &(struct setup){.first = m->data});
		if (m->n > 0 || *m->data == '\0') {
			l->n--;
			continue;
		}
		snprintf(h->name, sizeof(h->name),
		    "%s before the ClientHello: fails", m->what);
		snprintf(h->conf, sizeof(h->conf), "key leaf");
		h->exit = 76;
		h->alarm = true;
		h->why = "before the TLS handshake|does not speak TLS";
	}
}

/* When it is all proved: what is not under its keys ends it. */
static void
add_intrusions(struct hostile_list *l, int version)
{
	const struct morsel *m = morsels;
	struct hostile *h;

	for (; m < morsels + sizeof(morsels) / sizeof(*morsels); m++) {
		if (m->times > 1)
			continue;
		h = add(l,
		    &(struct setup){.min = version,
			.max = version,
			.at = AT_OPENED,
			.deed = DO_INSERT,
			.data = m->data,
			.data_len = m->n});
		h->proved = true;
		snprintf(h->name, sizeof(h->name),
		    "%s, %s after the handshake: fails", version_name(version),
		    m->what);
	}
}

void
damage_add(struct hostile_list *l)
{
	static const int places_13[] = {0, 3, -1};
	static const int places_12[] = {1, 4, -1};

	add_morsels(l, TLS1_3_VERSION, places_13);
	add_morsels(l, TLS1_2_VERSION, places_12);
	add_deeds(l, TLS1_3_VERSION);
	add_deeds(l, TLS1_2_VERSION);
	add_answers(l);
	add_intrusions(l, TLS1_3_VERSION);
	add_intrusions(l, TLS1_2_VERSION);
}
