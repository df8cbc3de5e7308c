"""Reads bits of a served status list (Bitstring Status List 1.0) without any code of the product."""
import base64
import gzip
import urllib.parse


def entry_of(credential):
    """The path of a credential's list and its position there."""
    entry = credential["credentialStatus"]
    entry = next(each for each in (entry if isinstance(entry, list) else [entry]) if each["statusPurpose"] == "revocation")
    return urllib.parse.urlsplit(entry["statusListCredential"]).path, int(entry["statusListIndex"])


def bits(list_credential):
    text = list_credential["credentialSubject"]["encodedList"]
    assert text[0] == "u", text[:20]
    return gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))


def is_set(list_credential, position):
    return bool(bits(list_credential)[position // 8] >> (7 - position % 8) & 1)
