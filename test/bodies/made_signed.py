# SPDX-License-Identifier: ISC
"""Messages that are signed by a key made on the spot, or look so."""

import base64
import random
import subprocess

from making import MIXED, PLAIN, UTF8, crlf, maker, message, words

try:
    import dkim
    import nacl.signing
except ImportError:
    dkim = None

KEYS = {}


def make_keys(to):
    rsa = subprocess.run(["openssl", "genrsa", "-traditional", "2048"],
                         check=True, capture_output=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"],
                            check=True, capture_output=True, input=rsa).stdout
    ed = nacl.signing.SigningKey.generate()
    for selector, kind, key in (("rsa", "rsa", public),
                                ("ed", "ed25519", bytes(ed.verify_key))):
        record = f"v=DKIM1; k={kind}; p={base64.b64encode(key).decode()}"
        (to / f"{selector}._domainkey.example.com").write_text(record)
    KEYS.update(rsa=rsa, ed=base64.b64encode(bytes(ed)))


def signed(data, selector="rsa", covers=None, how="relaxed"):
    key = KEYS[selector]
    algorithm = b"ed25519-sha256" if selector == "ed" else b"rsa-sha256"
    return dkim.sign(crlf(data), selector.encode(), b"example.com", key,
                     canonicalize=(how.encode(), how.encode()),
                     signature_algorithm=algorithm,
                     include_headers=covers).replace(b"\r\n", b"\n") + data


@maker
def dkim_7bit(name):
    return signed(message(name, "7-bit.\n"))


@maker
def dkim_8bit(name):
    return signed(message(name, "Grüße  \n\n\n", *UTF8))


@maker
def dkim_undeclared(name):
    return signed(message(name, "Grüße\n", mime=False))


@maker
def dkim_long(name):
    return signed(message(name, words(5000, name) + "\n"))


@maker
def dkim_long_8bit_ed25519(name):
    return signed(message(name, "ö" * 700 + "\n", *UTF8), "ed")


@maker
def dkim_simple(name):
    return signed(message(name, "ö\n.\n\n..\n", *UTF8), how="simple")


@maker
def dkim_multipart(name):
    return signed(message(name, f"ö\n--b\n{PLAIN}ö  \n--b--\n\n", *MIXED))


@maker
def dkim_raw_subject(name):
    return signed(message(name, "ö\n", *UTF8, Subject="Grüße"))


@maker
def dkim_long_field(name):
    """The one that is not covered may be folded."""
    return signed(message(name, "7-bit.\n", "X-Long: " + words(2000, name)),
                  covers=[b"from", b"to", b"subject", b"date"])


@maker
def dkim_long_field_covered(name):
    return signed(message(name, "7-bit.\n", "X-Long: " + words(2000, name)),
                  covers=[b"from", b"subject", b"x-long"], how="simple")


@maker
def dkim_crlf(name):
    return crlf(signed(message(name, "ö\n", *UTF8)))


SIGNED = ('Content-Type: multipart/signed; boundary=s; micalg=pgp-sha256; '
          'protocol="application/pgp-signature"',)
SIGNATURE = "--s\nContent-Type: application/pgp-signature\n\nx\n--s--\n"


@maker
def pgp_signed_long(name):
    return message(name, f"--s\n{PLAIN}" + "x" * 3000 + f"\n{SIGNATURE}",
                   *SIGNED)


@maker
def signed_inside_long(name):
    line = "x" * 1500
    return message(name, f"--b\n{SIGNED[0]}\n\n--s\n{PLAIN}{line}\n"
                   f"{SIGNATURE}--b\n{PLAIN}{line}\n--b--\n", *MIXED)


@maker
def smime_opaque(name):
    code = base64.b64encode(random.Random(name).randbytes(4000))
    return message(name, code + b"\n",
                   "Content-Type: application/pkcs7-mime; name=smime.p7m",
                   "Content-Transfer-Encoding: base64")


@maker
def smime_opaque_binary(name):
    data = random.Random(name).randbytes(4000)
    return message(name, data.translate(None, b"\0\r") + b"\n",
                   "Content-Type: application/pkcs7-mime; name=smime.p7m",
                   "Content-Transfer-Encoding: binary")
