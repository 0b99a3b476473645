package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.podidentity.bin.AsciiLine.Literal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsciiLineTest {
  @Test
  void everyCharacterIsPrintableAscii() {
    AsciiLine line = new AsciiLine();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      line.append((char) c).append(Character.toString((char) c));
      line.appendWord(Character.toString((char) c));
    }

    assertThat(line.toString()).hasSize(3 * (Character.MAX_VALUE + 1)).matches("[ -~]*");
    assertThat(line.toString()).contains("aaabbbccc", "~~~???");
  }

  @Test
  void aWordHoldsNothingThatEndsAField() {
    assertThat(new AsciiLine().append("a b=\"c\" ").appendWord("a b=\"c\"").toString())
        .isEqualTo("a b=\"c\" a?b??c?");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 677_049, 1_000_000_000_000L, Long.MAX_VALUE})
  void numbersAreDecimal(long number) {
    assertThat(new AsciiLine().append("x").append(number).append(".").toString())
        .isEqualTo("x" + number + ".");
  }

  @Test
  void itGrowsAndIsUsedAgain() {
    AsciiLine line = new AsciiLine().append("x".repeat(255)).append(Literal.of("yy"));
    assertThat(line.toString()).isEqualTo("x".repeat(255) + "yy");

    assertThat(line.clear().toString()).isEmpty();
    assertThat(line.append("z".repeat(9000)).clear().append("next").toString()).isEqualTo("next");
  }

  @Test
  void literalIsPrintableAscii() {
    assertThatIllegalArgumentException().isThrownBy(() -> Literal.of("a\n"));
    assertThatIllegalArgumentException().isThrownBy(() -> Literal.of("é"));
  }
}
