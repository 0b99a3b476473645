package io.podidentity.azure.entra;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What it takes to open a PKCS#12 file: its writer chooses how often the password is hashed for
 * each of its parts. Java takes up to five million for each of any number of parts.
 */
final class Pkcs12Work {
  private static final HexFormat HEX = HexFormat.of();

  /** 1.2.840.113549.1.7.1, data. */
  private static final byte[] DATA = HEX.parseHex("2a864886f70d010701");

  /** 1.2.840.113549.1.7.6, encryptedData. */
  private static final byte[] ENCRYPTED = HEX.parseHex("2a864886f70d010706");

  /** 1.2.840.113549.1.12.10.1.2, pkcs8ShroudedKeyBag. */
  private static final byte[] KEY_BAG = HEX.parseHex("2a864886f70d010c0a0102");

  /** 1.2.840.113549.1.5.13, PBES2. */
  private static final byte[] PBES2 = HEX.parseHex("2a864886f70d01050d");

  private BigInteger iterations = BigInteger.ZERO;

  private Pkcs12Work() {}

  /**
   * How often the password has to be hashed, in all parts that can be seen. A key within an
   * encrypted part cannot; of these Java opens one.
   *
   * @throws Ber.MalformedException if it is no PKCS#12 file that a password protects
   */
  static BigInteger iterations(byte[] file) throws Ber.MalformedException {
    Pkcs12Work work = new Pkcs12Work();
    List<Ber> parts = Ber.first(file).in(Ber.SEQUENCE);
    for (Ber info : Ber.first(data(at(parts, 1).in(Ber.SEQUENCE))).in(Ber.SEQUENCE)) {
      work.addPart(info.in(Ber.SEQUENCE));
    }
    if (parts.size() > 2) {
      List<Ber> mac = parts.get(2).in(Ber.SEQUENCE);
      if (mac.size() > 2) {
        work.add(mac.get(2));
      }
    }
    return work.iterations;
  }

  private void addPart(List<Ber> info) throws Ber.MalformedException {
    if (is(info, ENCRYPTED)) {
      List<Ber> encrypted = explicit(at(info, 1)).in(Ber.SEQUENCE);
      addAlgorithm(at(at(encrypted, 1).in(Ber.SEQUENCE), 1));
    } else if (is(info, DATA)) {
      for (Ber one : Ber.first(data(info)).in(Ber.SEQUENCE)) {
        List<Ber> bag = one.in(Ber.SEQUENCE);
        if (is(bag, KEY_BAG)) {
          addAlgorithm(at(explicit(at(bag, 1)).in(Ber.SEQUENCE), 0));
        }
      }
    }
  }

  private void addAlgorithm(Ber algorithm) throws Ber.MalformedException {
    List<Ber> parts = algorithm.in(Ber.SEQUENCE);
    List<Ber> parameters = at(parts, 1).in(Ber.SEQUENCE);
    if (is(parts, PBES2)) {
      parameters = at(at(parameters, 0).in(Ber.SEQUENCE), 1).in(Ber.SEQUENCE);
    }
    add(at(parameters, 1));
  }

  private void add(Ber count) throws Ber.MalformedException {
    byte[] value = count.content(Ber.INTEGER);
    if (value.length == 0 || value[0] < 0) {
      throw new Ber.MalformedException();
    }
    iterations = iterations.add(new BigInteger(value));
  }

  private static byte[] data(List<Ber> info) throws Ber.MalformedException {
    return explicit(at(info, 1)).octets();
  }

  private static Ber explicit(Ber around) throws Ber.MalformedException {
    return at(around.in(Ber.EXPLICIT_0), 0);
  }

  private static boolean is(List<Ber> parts, byte[] type) throws Ber.MalformedException {
    return Arrays.equals(at(parts, 0).content(Ber.OID), type);
  }

  private static Ber at(List<Ber> parts, int index) throws Ber.MalformedException {
    if (index >= parts.size()) {
      throw new Ber.MalformedException();
    }
    return parts.get(index);
  }
}
