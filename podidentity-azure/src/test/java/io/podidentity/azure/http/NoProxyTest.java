package io.podidentity.azure.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config, field NoProxy. */
final class NoProxyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "login.example.org | login.example.org",
        "login.example.org | LOGIN.example.ORG",
        "Login.Example.org | login.example.org",
        "example.org       | login.example.org",
        ".example.org      | login.example.org",
        "*.example.org     | login.example.org",
        "a, example.org ,b | login.example.org",
        "example.org:443   | login.example.org",
        "*                 | login.example.org",
        "192.0.2.7         | 192.0.2.7",
        "192.0.2.7:443     | 192.0.2.7",
        "192.0.2.0/24      | 192.0.2.7",
        "192.0.0.0/8       | 192.0.2.7",
        "0.0.0.0/0         | 192.0.2.7",
        "2001:db8::1       | [2001:db8::1]",
        "[2001:db8::1]:443 | [2001:0DB8:0::1]",
        "2001:db8::/32     | [2001:db8::1]",
        "''                | localhost",
        "''                | 127.0.0.1",
        "''                | 127.255.0.1",
        "''                | [::1]",
      })
  void targetIsReachedDirectly(String rules, String host) {
    assertThat(NoProxy.parse(rules).includes(host, 443)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                | login.example.org",
        ",                 | login.example.org",
        ".example.org      | example.org",
        "*.example.org     | example.org",
        "ample.org         | login.example.org",
        "example.org       | example.org.evil.example",
        "example.org:8443  | login.example.org",
        "192.0.2.0/24      | 192.0.3.7",
        "192.0.2.128/25    | 192.0.2.7",
        "192.0.2.0/33      | 192.0.2.7",
        "192.0.2/24        | 192.0.2.7",
        "192.0.2.7:80      | 192.0.2.7",
        "192.0.2.0/24      | [2001:db8::1]",
        "0.0.0.0/0         | login.example.org",
        "999.0.2.7         | login.example.org",
      })
  void targetIsReachedThroughTheProxy(String rules, String host) {
    assertThat(NoProxy.parse(rules).includes(host, 443)).isFalse();
  }
}
