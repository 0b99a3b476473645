package io.podidentity.testkit.http;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that lives as long as the test, and what it signs. Certificates are valid
 * from a day before to a month after they are made, by the real clock, since every TLS stack checks
 * them by it. Immutable.
 */
public final class TestCertificates {
  private static final char[] NO_PASSWORD = "unused".toCharArray();

  private final KeyPair caKeys;
  private final X509Certificate ca;

  private TestCertificates(KeyPair caKeys, X509Certificate ca) {
    this.caKeys = caKeys;
    this.ca = ca;
  }

  /** A new authority with a key of its own. */
  public static TestCertificates create() {
    X500Principal name = new X500Principal("CN=Simulated Azure CA");
    return guarded(
        () -> {
          KeyPair keys = ellipticKeys();
          return new TestCertificates(keys, sign(name, keys, name, keys, true, null));
        });
  }

  /** A certificate with an RSA key that nobody but itself has signed, for a service principal. */
  public static TestCertificate selfSigned(String commonName) {
    X500Principal name = new X500Principal("CN=" + commonName);
    return guarded(
        () -> {
          KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
          generator.initialize(2048);
          KeyPair keys = generator.generateKeyPair();
          return new TestCertificate(sign(name, keys, name, keys, false, null), keys.getPrivate());
        });
  }

  /** The authority's certificate in PEM form, for {@code SSL_CERT_FILE} and CA bundles. */
  public String caPem() {
    return Pem.of(ca);
  }

  /** Writes {@link #caPem} to a file, replacing it. */
  public void writeCaPem(Path file) throws IOException {
    Files.writeString(file, caPem());
  }

  /**
   * A TLS context for a server.
   *
   * @param hosts names and addresses it is reached by, besides {@code localhost}, 127.0.0.1 and ::1
   */
  public SSLContext serverContext(Collection<String> hosts) {
    return guarded(
        () -> {
          KeyPair keys = ellipticKeys();
          X500Principal subject = new X500Principal("CN=Simulated Azure");
          X509Certificate certificate =
              sign(subject, keys, ca.getSubjectX500Principal(), caKeys, false, names(hosts));
          KeyStore store = emptyStore();
          store.setKeyEntry(
              "server", keys.getPrivate(), NO_PASSWORD, new Certificate[] {certificate, ca});
          KeyManagerFactory factory =
              KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
          factory.init(store, NO_PASSWORD);
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(factory.getKeyManagers(), null, null);
          return context;
        });
  }

  /** A TLS context for a client that trusts this authority and no other. */
  public SSLContext clientContext() {
    return guarded(
        () -> {
          KeyStore store = emptyStore();
          store.setCertificateEntry("ca", ca);
          TrustManagerFactory factory =
              TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
          factory.init(store);
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(null, factory.getTrustManagers(), null);
          return context;
        });
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyPair ellipticKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static GeneralNames names(Collection<String> hosts) {
    List<String> all = new ArrayList<>(List.of("localhost", "127.0.0.1", "::1"));
    all.addAll(hosts);
    return new GeneralNames(
        all.stream().distinct().map(TestCertificates::name).toArray(GeneralName[]::new));
  }

  private static GeneralName name(String host) {
    boolean address = host.matches("[0-9.]+") || host.contains(":");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private static X509Certificate sign(
      X500Principal subject,
      KeyPair keys,
      X500Principal issuer,
      KeyPair issuerKeys,
      boolean authority,
      @Nullable GeneralNames hosts)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(96, new SecureRandom()).add(BigInteger.ONE),
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(30))),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(
            authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
    if (hosts != null) {
      builder.addExtension(Extension.subjectAlternativeName, false, hosts);
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    }
    String algorithm =
        issuerKeys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKeys.getPrivate())));
  }

  private static <T> T guarded(Step<T> step) {
    try {
      return step.run();
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("make test certificates: " + e.getMessage(), e);
    }
  }

  private interface Step<T> {
    T run() throws GeneralSecurityException, IOException, OperatorCreationException;
  }
}
