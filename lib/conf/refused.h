/* SPDX-License-Identifier: ISC */
#ifndef PINMAIL_CONF_REFUSED_H
#define PINMAIL_CONF_REFUSED_H

/*
 * Why a line that msmtp takes is refused here and what to write instead;
 * NULL when it is not.
 */
const char *refused_why(const char *keyword, const char *argument);

#endif
