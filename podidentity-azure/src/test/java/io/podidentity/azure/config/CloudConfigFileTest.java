package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.testkit.ManualTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of azure.json is noticed, however it comes about. */
class CloudConfigFileTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration TWO_LOOKS = INTERVAL.multipliedBy(2);

  private final ManualTimer timer = new ManualTimer();
  private final AtomicInteger changes = new AtomicInteger();

  @TempDir private Path folder;

  @Test
  void aFileThatIsWrittenOverIsReadAgain() throws IOException {
    CloudConfigFile file = file();
    write(azureJson(), "second");

    timer.advance(TWO_LOOKS);

    assertThat(file.get().aadClientSecret()).isEqualTo("second");
  }

  @Test
  void aFileThatIsReplacedByARenameIsReadAgain() throws IOException {
    CloudConfigFile file = file();
    Path other = folder.resolve("new");
    write(other, "second");
    Files.move(
        other, azureJson(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    timer.advance(TWO_LOOKS);

    assertThat(file.get().aadClientSecret()).isEqualTo("second");
  }

  /** As the kubelet changes a mounted Secret: the link above it is replaced. */
  @Test
  void aFileUnderALinkThatIsReplacedIsReadAgain() throws IOException {
    Path one = Files.createDirectory(folder.resolve("..1"));
    Path two = Files.createDirectory(folder.resolve("..2"));
    write(one.resolve("azure.json"), "first");
    write(two.resolve("azure.json"), "second");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
    Path link = Files.createSymbolicLink(azureJson(), data.resolve("azure.json"));
    CloudConfigFile file = new CloudConfigFile(link, timer, INTERVAL, () -> {});
    Path next = Files.createSymbolicLink(folder.resolve("..tmp"), two);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    timer.advance(TWO_LOOKS);

    assertThat(file.get().aadClientSecret()).isEqualTo("second");
  }

  @Test
  void aFileThatIsHalfWrittenOrGoneChangesNothing() throws IOException {
    CloudConfigFile file = file();
    CloudConfig before = file.get();
    for (String content : new String[] {"", "{\"cloud\": \"AzurePu", "{\"cloud\": \"x\"}"}) {
      Files.writeString(azureJson(), content);
      timer.advance(INTERVAL);
      assertThat(file.get()).as(content).isSameAs(before);
    }
    Files.delete(azureJson());
    timer.advance(INTERVAL);
    assertThat(file.get()).isSameAs(before);

    write(azureJson(), "second");
    timer.advance(TWO_LOOKS);
    assertThat(file.get().aadClientSecret()).isEqualTo("second");
  }

  /**
   * Up to the end of any of its lines it is YAML, and says something else: another identity of the
   * cluster, another way to prove it, another subscription.
   */
  @Test
  void aYamlFileThatIsHalfWrittenAtOneLookChangesNothing() throws IOException {
    String whole =
        """
        cloud: AzurePublicCloud
        tenantId: t
        aadClientId: msi
        aadClientSecret: msi
        resourceGroup: g
        useManagedIdentityExtension: true
        subscriptionId: 8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8
        userAssignedIdentityID: of-the-cluster
        """;
    Files.writeString(azureJson(), whole);
    CloudConfigFile file =
        new CloudConfigFile(azureJson(), timer, INTERVAL, changes::incrementAndGet);
    CloudConfig before = file.get();
    for (int end = 0; end < whole.length(); end = whole.indexOf('\n', end) + 1) {
      for (int length : new int[] {end, end + 20}) {
        Files.writeString(azureJson(), whole.substring(0, Math.min(length, whole.length())));
        timer.advance(INTERVAL);
        assertThat(file.get()).as("%s of it", length).isSameAs(before);
        Files.writeString(azureJson(), whole);
        timer.advance(INTERVAL);
        assertThat(file.get()).isSameAs(before);
      }
    }
    assertThat(changes).hasValue(0);
  }

  @Test
  void aChangeIsToldOnce() throws IOException {
    CloudConfigFile file = file();
    write(azureJson(), "second");

    timer.advance(INTERVAL);
    assertThat(file.get().aadClientSecret()).isEqualTo("first");
    timer.advance(INTERVAL.multipliedBy(3));

    assertThat(file.get().aadClientSecret()).isEqualTo("second");
    assertThat(changes).hasValue(1);
  }

  /** A look in between sees that it is being written. */
  @Test
  void whatWasSeenBeforeTheFileCouldNotBeReadCountsNoMore() throws IOException {
    CloudConfigFile file = file();
    write(azureJson(), "second");
    timer.advance(INTERVAL);
    Files.writeString(azureJson(), "{");
    timer.advance(INTERVAL);
    write(azureJson(), "second");
    timer.advance(INTERVAL);

    assertThat(file.get().aadClientSecret()).isEqualTo("first");
  }

  @Test
  void aFileThatSaysTheSameIsTheSameObject() throws IOException {
    CloudConfigFile file = file();
    CloudConfig before = file.get();
    write(azureJson(), "first");

    timer.advance(TWO_LOOKS);

    assertThat(file.get()).isSameAs(before);
    assertThat(changes).hasValue(0);
  }

  @Test
  void aFileThatCannotBeReadAtTheStartIsAnError() {
    assertThatThrownBy(() -> new CloudConfigFile(azureJson(), timer, INTERVAL, () -> {}))
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void afterTheEndItIsReadNoMore() throws IOException {
    CloudConfigFile file = file();
    file.close();
    write(azureJson(), "second");

    timer.advance(TWO_LOOKS);

    assertThat(file.get().aadClientSecret()).isEqualTo("first");
  }

  private CloudConfigFile file() throws IOException {
    write(azureJson(), "first");
    return new CloudConfigFile(azureJson(), timer, INTERVAL, changes::incrementAndGet);
  }

  private Path azureJson() {
    return folder.resolve("azure.json");
  }

  private static void write(Path file, String secret) throws IOException {
    Files.writeString(
        file,
        """
        {"cloud": "AzurePublicCloud", "tenantId": "t", "subscriptionId": "s", "resourceGroup": "g",
         "aadClientId": "c", "aadClientSecret": "%s"}
        """
            .formatted(secret));
  }
}
