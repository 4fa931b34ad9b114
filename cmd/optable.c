/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "cmd/optable.h"

#define AT(member) offsetof(struct options, member)

/* Those of sendmail, Postfix, Exim, OpenSMTPD, msmtp and the LSB. */
const struct option option_letters[] = {
    {"A", VALUE, ANY, IGNORE, 0},
    {"a", VALUE, ANY, TEXT, AT(account)},
    {"B", VALUE, ANY, IGNORE, 0},
    {"b", VALUE, ANY, BODY_MODE, 0},
    {"C", VALUE, ANY, CONFIG, 0},
    {"c", NO_VALUE, ANY, IGNORE, 0},
    {"D", VALUE, ANY, IGNORE, 0},
    {"d", ATTACHED, ANY, DEBUG, 0},
    {"E", ATTACHED, ANY, IGNORE, 0},
    {"e", VALUE, ANY, IGNORE, 0},
    {"F", VALUE, ANY, FULL_NAME, 0},
    {"f", VALUE, ANY, TEXT, AT(sender)},
    {"G", NO_VALUE, ANY, IGNORE, 0},
    {"h", VALUE, ANY, IGNORE, 0},
    {"I", NO_VALUE, ANY, CHECK_ALIAS, 0},
    {"i", NO_VALUE, ANY, FLAG, AT(dots)},
    {"J", ATTACHED, ANY, IGNORE, 0},
    {"L", VALUE, ANY, IGNORE, 0},
    {"M", VALUE, ANY, IGNORE, 0},
    {"m", NO_VALUE, ANY, IGNORE, 0},
    {"N", VALUE, ANY, NOTIFY, 0},
    {"n", NO_VALUE, ANY, IGNORE, 0},
    {"O", VALUE, ANY, IGNORE, 0},
    {"o", VALUE, ANY, OLD_OPTION, 0},
    {"P", NO_VALUE, PINMAIL, PRETEND, 0},
    {"p", VALUE, ANY, IGNORE, 0},
    {"Q", ATTACHED, ANY, QUARANTINE, 0},
    {"q", ATTACHED, ANY, QUEUE_RUN, 0},
    {"R", VALUE, ANY, RET, 0},
    {"r", VALUE, ANY, TEXT, AT(sender)},
    {"S", NO_VALUE, PINMAIL, SERVER_INFO, 0},
    {"S", NO_VALUE, SENDMAIL, IGNORE, 0},
    {"s", NO_VALUE, ANY, IGNORE, 0},
    {"T", NO_VALUE, ANY, IGNORE, 0},
    {"t", NO_VALUE, ANY, FLAG, AT(from_header)},
    {"U", NO_VALUE, ANY, IGNORE, 0},
    {"V", VALUE, ANY, ENVID, 0},
    {"v", NO_VALUE, ANY, FLAG, AT(verbose)},
    {"X", VALUE, ANY, TRAFFIC, 0},
    {"x", NO_VALUE, ANY, IGNORE, 0},
};
const size_t option_n_letters =
    sizeof option_letters / sizeof option_letters[0];

const struct option option_words[] = {
    {"account", VALUE, PINMAIL, TEXT, AT(account)},
    {"check", NO_VALUE, PINMAIL, CHECK, 0},
    {"debug", NO_VALUE, PINMAIL, FLAG, AT(verbose)},
    {"dsn-notify", VALUE, PINMAIL, NOTIFY, 0},
    {"dsn-return", VALUE, PINMAIL, RET, 0},
    {"file", VALUE, PINMAIL, FIRST_ONLY, AT(config)},
    {"from", VALUE, PINMAIL, TEXT, AT(sender)},
    {"help", NO_VALUE, ANY, FIRST_ONLY, 0},
    {"json", NO_VALUE, PINMAIL, FLAG, AT(json)},
    {"nagios", NO_VALUE, PINMAIL, FLAG, AT(nagios)},
    {"offline", NO_VALUE, PINMAIL, FLAG, AT(offline)},
    {"pin", NO_VALUE, PINMAIL, PINS, 0},
    {"pretend", NO_VALUE, PINMAIL, PRETEND, 0},
    {"read-envelope-from", NO_VALUE, ANY, FROM_DECIDES, 0},
    {"read-recipients", NO_VALUE, PINMAIL, FLAG, AT(from_header)},
    {"send", VALUE, PINMAIL, TEXT, AT(send_to)},
    {"serverinfo", NO_VALUE, PINMAIL, SERVER_INFO, 0},
    {"starttls", NO_VALUE, PINMAIL, FLAG, AT(starttls)},
    {"timeout", VALUE, PINMAIL, TIMEOUT, 0},
    {"version", NO_VALUE, ANY, FIRST_ONLY, 0},
};
const size_t option_n_words = sizeof option_words / sizeof option_words[0];
