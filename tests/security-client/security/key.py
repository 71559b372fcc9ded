"""`Contis_SecurityKey`, and the codes that it encrypts."""

import base64
import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7


class SecurityKey:
    """The first 32 of 96 hexadecimal digits are an IV, the others a key for AES-256."""

    def __init__(self, text):
        if not re.fullmatch("[0-9A-Fa-f]{96}", text):
            raise ValueError("a security key has 96 hexadecimal digits")
        octets = bytes.fromhex(text)
        self._cipher = Cipher(AES(octets[16:]), CBC(octets[:16]))

    def encrypt(self, code, padded=False):
        """Base64 of the code in UTF-16LE, with or without the equals signs at its end."""
        padder, encryptor = PKCS7(AES.block_size).padder(), self._cipher.encryptor()
        plain = padder.update(code.encode("utf-16-le")) + padder.finalize()
        text = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
        return text if padded else text.rstrip("=")

    def decrypt(self, text):
        octets = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        decryptor, unpadder = self._cipher.decryptor(), PKCS7(AES.block_size).unpadder()
        plain = decryptor.update(octets) + decryptor.finalize()
        return (unpadder.update(plain) + unpadder.finalize()).decode("utf-16-le")
