package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IptablesCommandsTest {

  private static final IptablesCommands COMMANDS = IptablesCommands.of("iptables-nft");

  @Test
  void familyNamesBothCommands() {
    assertThat(COMMANDS.save()).containsExactly("iptables-nft-save");
    assertThat(COMMANDS.restore()).containsExactly("iptables-nft-restore");
    assertThat(COMMANDS.lock()).hasToString("/run/xtables.lock");
    assertThat(COMMANDS.lockWait()).isEqualTo(Duration.ofSeconds(10));
    assertThat(COMMANDS.timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void prefixStandsBeforeBoth() {
    IptablesCommands prefixed = COMMANDS.withPrefix(List.of("nsenter", "-n"));
    assertThat(prefixed.save()).containsExactly("nsenter", "-n", "iptables-nft-save");
    assertThat(prefixed.restore()).containsExactly("nsenter", "-n", "iptables-nft-restore");
  }

  @Test
  void limitsThatIptablesCannotKeepAreRefused() {
    Duration minute = Duration.ofMinutes(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> COMMANDS.withLimits(Duration.ofMillis(1500), minute));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> COMMANDS.withLimits(Duration.ZERO, minute));
    assertThatIllegalArgumentException().isThrownBy(() -> COMMANDS.withLimits(minute, minute));
  }
}
