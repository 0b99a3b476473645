package io.podidentity.azure.entra;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One value in ASN.1's basic encoding, of definite or indefinite length.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>
 */
final class Ber {
  static final int INTEGER = 0x02;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;

  /** The context's own tag 0, around another value. */
  static final int EXPLICIT_0 = 0xa0;

  private static final int OCTETS = 0x04;
  private static final int OCTETS_IN_PIECES = 0x24;
  private static final int CONSTRUCTED = 0x20;
  private static final int LONG_TAG = 0x1f;
  private static final int INDEFINITE = 0x80;
  private static final int MAX_DEPTH = 32;

  private final int tag;
  private final byte[] content;

  private Ber(int tag, byte[] content) {
    this.tag = tag;
    this.content = content;
  }

  /** It is not what it should be. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** The value that the bytes begin with. */
  static Ber first(byte[] bytes) throws MalformedException {
    return next(ByteBuffer.wrap(bytes), 0);
  }

  /** The values in it; it has that tag. */
  List<Ber> in(int expected) throws MalformedException {
    return all(content(expected));
  }

  /** What is in it; it has that tag. */
  byte[] content(int expected) throws MalformedException {
    if (tag != expected) {
      throw new MalformedException();
    }
    return content;
  }

  /** The octets of an OCTET STRING. */
  byte[] octets() throws MalformedException {
    if (tag != OCTETS_IN_PIECES) {
      return content(OCTETS);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (Ber piece : all(content)) {
      whole.writeBytes(piece.octets());
    }
    return whole.toByteArray();
  }

  private static List<Ber> all(byte[] bytes) throws MalformedException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<Ber> all = new ArrayList<>();
    while (in.hasRemaining()) {
      all.add(next(in, 0));
    }
    return all;
  }

  private static Ber next(ByteBuffer in, int depth) throws MalformedException {
    try {
      int tag = in.get() & 0xff;
      int length = in.get() & 0xff;
      if ((tag & LONG_TAG) == LONG_TAG || depth > MAX_DEPTH) {
        throw new MalformedException();
      }
      if (length == INDEFINITE && (tag & CONSTRUCTED) != 0) {
        return new Ber(tag, upToEnd(in, depth));
      }
      byte[] content = new byte[length < INDEFINITE ? length : longLength(in, length & 0x7f)];
      in.get(content);
      return new Ber(tag, content);
    } catch (BufferUnderflowException e) {
      throw new MalformedException();
    }
  }

  private static byte[] upToEnd(ByteBuffer in, int depth) throws MalformedException {
    int start = in.position();
    int end = start;
    for (Ber one = next(in, depth + 1); one.tag != 0; one = next(in, depth + 1)) {
      end = in.position();
    }
    byte[] content = new byte[end - start];
    in.get(start, content);
    return content;
  }

  private static int longLength(ByteBuffer in, int bytes) throws MalformedException {
    long length = 0;
    for (int i = 0; i < bytes; i++) {
      length = (length << 8) + (in.get() & 0xff);
      if (length > in.limit()) {
        throw new MalformedException();
      }
    }
    return (int) length;
  }
}
