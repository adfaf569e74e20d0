"""Reports on e-mails that could not be delivered, as three mail servers write them."""

from dataclasses import dataclass

ADDRESS = "gone@example.org"


@dataclass(frozen=True)
class Report:
    """What differs from one report to the next."""

    message_id: str = "<0d4f8f0e-2c6c-4a3b-9d65-0f5b2a7f6a11@tribunal.example>"
    address: str = ADDRESS
    action: str = "failed"
    status: str = "5.1.1"
    own_id: str = "<20261122033000.4F2B1C0@mx.tribunal.example>"

    def postfix(self) -> bytes:
        """As Postfix writes it: the whole e-mail given back."""
        return _lines(f"""\
Return-Path: <>
Received: by mx.tribunal.example (Postfix)
\tid 4F2B1C0; Sun, 22 Nov 2026 03:30:00 +0000 (UTC)
Date: Sun, 22 Nov 2026 03:30:00 +0000 (UTC)
From: MAILER-DAEMON@mx.tribunal.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: greffe@tribunal.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9C1D2E3.1795318200/mx.tribunal.example"
Message-Id: {self.own_id}

This is a MIME-encapsulated message.

--9C1D2E3.1795318200/mx.tribunal.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

The mail system could not deliver a message of yours.

--9C1D2E3.1795318200/mx.tribunal.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.tribunal.example
X-Postfix-Queue-ID: 9C1D2E3
X-Postfix-Sender: rfc822; greffe@tribunal.example
Arrival-Date: Sun, 22 Nov 2026 03:29:58 +0000 (UTC)

Final-Recipient: rfc822; {self.address}
Original-Recipient: rfc822;{self.address}
Action: {self.action}
Status: {self.status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{self.address}>: Recipient address
    rejected: nobody of that name

--9C1D2E3.1795318200/mx.tribunal.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <greffe@tribunal.example>
From: =?utf-8?q?Greffe_=C3=A9lectronique?= <greffe@tribunal.example>
To: {self.address}
Subject: A hearing is scheduled
Message-ID: {self.message_id}
Content-Type: text/plain; charset="utf-8"

Something about a case.

--9C1D2E3.1795318200/mx.tribunal.example--
""")

    def exim(self) -> bytes:
        """As Exim writes it: no original recipient, the e-mail cut."""
        return _lines(f"""\
Return-path: <>
Envelope-to: greffe@tribunal.example
X-Failed-Recipients: {self.address}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.tribunal.example>
To: greffe@tribunal.example
References: {self.message_id}
Content-Type: multipart/report; report-type=delivery-status; boundary=1795318200-eximdsn-815
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: {self.own_id}
Date: Sun, 22 Nov 2026 03:30:00 +0000

--1795318200-eximdsn-815
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered.

--1795318200-eximdsn-815
Content-type: message/delivery-status

Reporting-MTA: dns; relay.tribunal.example

Action: {self.action}
Final-Recipient: rfc822;{self.address}
Status: {self.status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550-5.1.1 nobody of that name
 550 5.1.1 see our pages

--1795318200-eximdsn-815
Content-type: message/rfc822

Return-path: <greffe@tribunal.example>
From: Greffe <greffe@tribunal.example>
To: {self.address}
Message-ID: {self.message_id}

Something ab
--1795318200-eximdsn-815--
""")

    def exchange(self) -> bytes:
        """As Exchange writes it: words in two forms, the headers of the e-mail alone."""
        return _lines(f"""\
From: Microsoft Outlook <postmaster@example.org>
To: <greffe@tribunal.example>
Date: Sun, 22 Nov 2026 03:30:00 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="3a0b6e1e-94f1-4c3e-8f5e-5e0f0c6f1d2a"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: {self.own_id}
In-Reply-To: {self.message_id}
References: {self.message_id}
Subject: Undeliverable: A hearing is scheduled
Auto-Submitted: auto-replied
MIME-Version: 1.0

--3a0b6e1e-94f1-4c3e-8f5e-5e0f0c6f1d2a
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="7d9a3f52-0b2e-4d5c-8a8e-1f6c0c9c7b11"

--7d9a3f52-0b2e-4d5c-8a8e-1f6c0c9c7b11
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message couldn't be delivered.

--7d9a3f52-0b2e-4d5c-8a8e-1f6c0c9c7b11
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<p>Your message couldn't be delivered.</p>

--7d9a3f52-0b2e-4d5c-8a8e-1f6c0c9c7b11--

--3a0b6e1e-94f1-4c3e-8f5e-5e0f0c6f1d2a
Content-Type: message/delivery-status

Reporting-MTA: dns;YT1PR01MB0001.CANPRD01.PROD.OUTLOOK.COM
Received-From-MTA: dns;mx.tribunal.example
Arrival-Date: Sun, 22 Nov 2026 03:29:59 +0000

Final-Recipient: rfc822;{self.address.upper()}
Action: {self.action}
Status: {self.status}
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
X-Display-Name: Somebody

--3a0b6e1e-94f1-4c3e-8f5e-5e0f0c6f1d2a
Content-Type: text/rfc822-headers

Received: from mx.tribunal.example (198.51.100.7) by mail.example.org
 (203.0.113.9) with Microsoft SMTP Server; Sun, 22 Nov 2026 03:29:59 +0000
From: Greffe <greffe@tribunal.example>
To: {self.address}
Subject: A hearing is scheduled
Message-ID: {self.message_id}

--3a0b6e1e-94f1-4c3e-8f5e-5e0f0c6f1d2a--
""")


def _lines(text: str) -> bytes:
    return text.encode().replace(b"\n", b"\r\n")


SERVERS = ("postfix", "exim", "exchange")
"""Whose reports these are."""
