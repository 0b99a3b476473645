package io.podidentity.api.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressesTest {
  /** The JDK reads these in the same way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "127.0.0.255",
        "255.255.255.255",
        "::",
        "::1",
        "1::",
        "fd00::10",
        "2001:DB8:0:0:8:800:200C:417A",
        "1:2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::ffff:10.0.0.1",
        "::ffff:a00:1",
        "64:ff9b::192.0.2.33",
        "1:2:3:4:5:6:192.0.2.33",
      })
  void addressesAreRead(String text) throws UnknownHostException {
    assertThat(IpAddresses.parse(text)).isEqualTo(InetAddress.getByName(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "beef",
        "127.0.0.256",
        "300.1.1.1",
        "999.999.999.999",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4 ",
        "+1.2.3.4",
        "-1.2.3.4",
        "1.2.3.-4",
        "01.2.3.4",
        "1.2.3.0004",
        "1.2.3.٤",
        "16909060",
        "0x7f.0.0.1",
        ":",
        ":::",
        "1:",
        ":1",
        "::zz",
        "g::1",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4::5:6:7:8",
        "12345::",
        "fe80::1%eth0",
        "fe80::1%1",
        "[::1]",
        "::1/128",
        "::1.2.3",
        "::1.2.3.256",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "zone:80",
        ".:1",
      })
  void whatIsNoneIsNotRead(String text) {
    assertThat(IpAddresses.parse(text)).isNull();
  }

  @Test
  void anyAddressIsReadAsTheJdkAndAShorterFormWriteIt() throws UnknownHostException {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      // So that there is something to leave out.
      for (int j = random.nextInt(bytes.length); bytes.length == 16 && j < 12; j++) {
        bytes[j] = 0;
      }
      InetAddress address = InetAddress.getByAddress(bytes);
      String text = address.getHostAddress();

      assertThat(IpAddresses.parse(text)).isEqualTo(address);
      assertThat(IpAddresses.parse(text.toUpperCase(Locale.ROOT))).isEqualTo(address);
      assertThat(IpAddresses.parse(text.replaceFirst("(:0)+:", "::"))).isEqualTo(address);
    }
  }
}
