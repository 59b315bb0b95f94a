# SPDX-License-Identifier: GPL-2.0
"""In a guest: many messages with one system call, so that Python costs little.
"""
import ctypes


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32),
                ("iov", ctypes.POINTER(Iovec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Message(ctypes.Structure):
    _fields_ = [("header", Header), ("len", ctypes.c_uint)]


LIBC = ctypes.CDLL(None, use_errno=True)


class Burst:
    """Messages, sent with one system call"""

    def __init__(self, payloads):
        self.payloads = payloads
        self.count = len(payloads)
        self.iov = (Iovec * self.count)(*(
            Iovec(ctypes.cast(ctypes.c_char_p(payload), ctypes.c_void_p),
                  len(payload)) for payload in payloads))
        self.messages = (Message * self.count)()
        size = ctypes.sizeof(Iovec)
        for n, message in enumerate(self.messages):
            message.header.iov = ctypes.cast(
                ctypes.addressof(self.iov) + n * size, ctypes.POINTER(Iovec))
            message.header.iovlen = 1

    def send(self, sock):
        done = 0
        while done < self.count:
            part = min(1024, self.count - done)
            got = LIBC.sendmmsg(sock.fileno(), ctypes.byref(
                self.messages, done * ctypes.sizeof(Message)), part, 0)
            if got <= 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            done += got
