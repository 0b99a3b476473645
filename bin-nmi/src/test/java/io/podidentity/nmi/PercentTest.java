package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3986, section 2.1; and no more than that. */
final class PercentTest {
  @ParameterizedTest
  @CsvSource({
    "a, a",
    "%41, A",
    "x%41, xA",
    "%41x, Ax",
    "%2f%2F, //",
    "%09, '\t'",
    "%0a%1f, '\n\u001f'",
    "%5a%5A, ZZ",
    "%6F%6f, oo",
    "%7f, '\u007f'",
    "%c3%a9, é",
    "a%E2%82%AC, a€",
    "%2541, %41",
  })
  void escapesAreDecodedOnce(String text, String decoded) {
    assertThat(Percent.decode(text, false)).isEqualTo(decoded);
    assertThat(Percent.decode(text, true)).isEqualTo(decoded);
  }

  @Test
  void aPlusIsASpaceInAQueryOnly() {
    assertThat(Percent.decode("a+b", true)).isEqualTo("a b");
    assertThat(Percent.decode("a+b", false)).isEqualTo("a+b");
    assertThat(Percent.decode("%2b+", true)).isEqualTo("+ ");
    assertThat(Percent.decode("%41+", false)).isEqualTo("A+");
  }

  /** The characters right before and behind the digits, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%", "a%", "%4", "a%4", "%%41", "%4%41", "%/1", "%:1", "%@1", "%G1", "%`1", "%g1", "%1/",
        "%1:", "%1@", "%1G", "%1`", "%1g", "% 1", "%-1", "%+1",
      })
  void anEscapeThatIsNoneIsRefused(String text) {
    assertThat(Percent.decode(text, false)).isNull();
    assertThat(Percent.decode(text, true)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%80", "%c3", "%c3%41", "%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80"})
  void whatIsNotUtf8IsRefused(String text) {
    assertThat(Percent.decode(text, false)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0080", "é", "a€", "%41é"})
  void whatShouldHaveBeenEscapedIsRefused(String text) {
    assertThat(Percent.decode(text, false)).isNull();
  }

  @Test
  void whatNeedsNoDecodingIsTheSameText() {
    String text = "/metadata/\u007f";

    assertThat(Percent.decode(text, true)).isSameAs(text);
    assertThat(Percent.decode("", true)).isEmpty();
  }
}
