// SPDX-License-Identifier: ISC
// nodemailer.js NAME

const nodemailer = require('nodemailer');
const name = process.argv[2];

nodemailer.createTransport({ sendmail: true }).sendMail({
	from: 'bob@example.com',
	to: `${name}@example.org`,
	cc: `${name}.cc@example.org`,
	bcc: `${name}.bcc@example.org`,
	subject: 'Grüße',
	text: require('fs').readFileSync(0, 'utf8'),
});
