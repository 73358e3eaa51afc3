"""Logs in to mail servers by Python's own IMAP, POP3 and SMTP clients, which check the server's certificate.

Arguments: the file with the certificate that is trusted, then any number of WAY=PORT. Standard input: lines of user and
password with a tab between. Standard output: for each of them and each way one line "line way yes|no", in any order; what
is neither a login nor a refusal ends the program with an exception.
"""

import imaplib
import poplib
import smtplib
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

HOST = "localhost"
TRUSTED = ssl.create_default_context(cafile=sys.argv[1])
WAIT = 30


def imap(port, user, password, over="", mechanism="LOGIN"):
    if over == "tls":
        client = imaplib.IMAP4_SSL(HOST, port, ssl_context=TRUSTED, timeout=WAIT)
    else:
        client = imaplib.IMAP4(HOST, port, timeout=WAIT)
    try:
        if over == "starttls":
            client.starttls(TRUSTED)
        try:
            if mechanism == "LOGIN":
                client.login(user, password)
            else:
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return False
        return client.select("INBOX", readonly=True)[0] == "OK"
    finally:
        client.shutdown()


def pop3(port, user, password, over=""):
    if over == "tls":
        client = poplib.POP3_SSL(HOST, port, context=TRUSTED, timeout=WAIT)
    else:
        client = poplib.POP3(HOST, port, timeout=WAIT)
    try:
        if over == "starttls":
            client.stls(TRUSTED)
        client.user(user)
        try:
            client.pass_(password)
        except poplib.error_proto as refused:
            if b"-ERR" in refused.args[0]:
                return False
            raise
        client.stat()
        return True
    finally:
        client.close()


def smtp(port, user, password, over="", mechanism="PLAIN"):
    if over == "tls":
        client = smtplib.SMTP_SSL(HOST, port, context=TRUSTED, timeout=WAIT)
    else:
        client = smtplib.SMTP(HOST, port, timeout=WAIT)
    try:
        client.ehlo()
        if over == "starttls":
            if client.has_extn("auth") and "TLS only" in sys.argv:
                raise ValueError("AUTH before STARTTLS")
            client.starttls(context=TRUSTED)
            client.ehlo()
        if mechanism not in client.esmtp_features["auth"].split():
            raise ValueError(f"no {mechanism}: " + client.esmtp_features["auth"])
        client.user, client.password = user, password
        answer = client.auth_plain if mechanism == "PLAIN" else client.auth_login
        try:
            client.auth(mechanism, answer)
        except smtplib.SMTPAuthenticationError as refused:
            if refused.smtp_code == 535:
                return False
            raise
        return True
    finally:
        client.close()


WAYS = {
    "imap": imap,
    "imap-plain": lambda *a: imap(*a, mechanism="PLAIN"),
    "imap-starttls": lambda *a: imap(*a, over="starttls"),
    "imap-starttls-plain": lambda *a: imap(*a, over="starttls", mechanism="PLAIN"),
    "imaps": lambda *a: imap(*a, over="tls"),
    "pop3": pop3,
    "pop3-starttls": lambda *a: pop3(*a, over="starttls"),
    "pop3s": lambda *a: pop3(*a, over="tls"),
    "smtp-plain": smtp,
    "smtp-login": lambda *a: smtp(*a, mechanism="LOGIN"),
    "smtp-starttls-plain": lambda *a: smtp(*a, over="starttls"),
    "smtp-starttls-login": lambda *a: smtp(*a, over="starttls", mechanism="LOGIN"),
    "smtps-plain": lambda *a: smtp(*a, over="tls"),
    "smtps-login": lambda *a: smtp(*a, over="tls", mechanism="LOGIN"),
}

tries = [line.rstrip("\n").split("\t") for line in sys.stdin]


def tried(way, port):
    return [(number, way, WAYS[way](int(port), *pair)) for number, pair in enumerate(tries)]


ways = [word.split("=") for word in sys.argv[2:] if "=" in word]
with ThreadPoolExecutor(len(ways)) as threads:
    for outcome in threads.map(lambda way: tried(*way), ways):
        for number, way, let_in in outcome:
            print(number, way, "yes" if let_in else "no")
