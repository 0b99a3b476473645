package io.podidentity.azure.entra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.podidentity.testkit.http.Pem;
import io.podidentity.testkit.http.TestCertificate;
import io.podidentity.testkit.http.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.BEROctetString;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that OpenSSL has written; see resources/pkcs12/README.md. */
final class Pkcs12Test {
  private static final String PASSWORD = "p4ss";

  @ParameterizedTest
  @CsvSource({
    "modern.p12, p4ss",
    "legacy.p12, p4ss",
    "3des.p12, p4ss",
    "nomac.p12, p4ss",
    "empty-password.p12, ''",
    "legacy-empty-password.p12, ''"
  })
  void keyAndChainAreReadFromEachEncoding(String file, String password) throws Exception {
    SigningKey read = Pkcs12.read(bytes(file), password.toCharArray());

    X509Certificate leaf = certificate("leaf.pem");
    assertThat(read.chain()).containsExactly(leaf, certificate("root.pem"));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(read.key());
    byte[] signed = signature.sign();
    signature.initVerify(leaf);
    assertThat(signature.verify(signed)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "modern.p12, wrong, its password is wrong",
    "legacy.p12, wrong, its password is wrong",
    "legacy.p12, '', its password is wrong",
    "empty-password.p12, wrong, its password is wrong",
    "no-key.p12, p4ss, it holds no private key; it must hold one",
    "no-certificate.p12, p4ss, it holds a private key without its certificate",
    "ec.p12, p4ss, 'its private key is not an RSA key, which Entra ID asks for'",
    "short.p12, p4ss, its RSA key is shorter than 2048 bits",
    "iter-1100000.p12, p4ss, 'it asks for more than 3,000,000 iterations of its password''s hash'",
    "leaf.pem, p4ss, it is no PKCS#12 file"
  })
  void fileThatCannotBeUsedIsRefusedWithTheReason(String file, String password, String problem)
      throws IOException {
    byte[] bytes = bytes(file);

    assertThatExceptionOfType(Pkcs12.UnusableException.class)
        .isThrownBy(() -> Pkcs12.read(bytes, password.toCharArray()))
        .withMessage(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "MIIC", "0\u0080\u0000\u0000"})
  void garbageIsNoPkcs12File(String garbage) {
    assertThatExceptionOfType(Pkcs12.UnusableException.class)
        .isThrownBy(() -> Pkcs12.read(garbage.getBytes(StandardCharsets.ISO_8859_1), new char[0]))
        .withMessage("it is no PKCS#12 file");
  }

  /** All parts count together: Java's own limit is for each of them. */
  @ParameterizedTest
  @CsvSource({
    "modern.p12, 6144",
    "legacy.p12, 6144",
    "3des.p12, 6144",
    "nomac.p12, 2048",
    "iter-1100000.p12, 3300000",
  })
  void iterationsOfAllPartsAreCounted(String file, long iterations) throws Exception {
    assertThat(Pkcs12Work.iterations(bytes(file))).isEqualTo(iterations);
  }

  /** As NSS and Bouncy Castle write them: indefinite lengths, and octets in pieces. */
  @Test
  void fileInBasicEncodingIsRead() throws Exception {
    byte[] distinguished = bytes("modern.p12");
    Pfx pfx = Pfx.getInstance(distinguished);
    byte[] content = ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
    byte[] basic =
        new Pfx(
                new ContentInfo(PKCSObjectIdentifiers.data, new BEROctetString(content)),
                pfx.getMacData())
            .getEncoded(ASN1Encoding.BER);

    assertThat(basic[1]).as("indefinite length").isEqualTo((byte) 0x80);
    assertThat(Pkcs12Work.iterations(basic)).isEqualTo(6144);
    assertThat(Pkcs12.read(basic, PASSWORD.toCharArray()).key())
        .isEqualTo(Pkcs12.read(distinguished, PASSWORD.toCharArray()).key());
  }

  /** Which one is meant? v1 refuses such a file, too. */
  @Test
  void fileWithTwoKeysIsRefused() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String name : List.of("one", "two")) {
      TestCertificate key = TestCertificates.selfSigned(name);
      store.setKeyEntry(
          name, key.privateKey(), PASSWORD.toCharArray(), new Certificate[] {key.certificate()});
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, PASSWORD.toCharArray());

    assertThatExceptionOfType(Pkcs12.UnusableException.class)
        .isThrownBy(() -> Pkcs12.read(out.toByteArray(), PASSWORD.toCharArray()))
        .withMessage("it holds more than one private key; it must hold one");
  }

  @Test
  void keyDoesNotPrintItself() throws Exception {
    assertThat(Pkcs12.read(bytes("modern.p12"), PASSWORD.toCharArray()))
        .hasToString("SigningKey[CN=app.example.org]");
  }

  static byte[] bytes(String file) throws IOException {
    try (InputStream in = Pkcs12Test.class.getResourceAsStream("/pkcs12/" + file)) {
      assertThat(in).as(file).isNotNull();
      return in.readAllBytes();
    }
  }

  static X509Certificate certificate(String file) throws IOException {
    return Pem.parse(new String(bytes(file), StandardCharsets.US_ASCII));
  }
}
