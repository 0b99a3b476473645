package io.podidentity.testkit.azure;

import static io.podidentity.testkit.azure.ArmFixture.add;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.TestHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that wait for an answer often do so on the JVM's common pool, which on two processors is
 * one thread: answers that take their time must not stand in line behind them. Before JDK 25 a pool
 * of one thread was not used for such, so there, on two processors, this cannot fail.
 */
class BusyCommonPoolTest {
  private static final Duration A_WHILE = Duration.ofMillis(10);

  private final CountDownLatch end = new CountDownLatch(1);
  private final ArmFixture azure = new ArmFixture();

  @BeforeEach
  void occupy() throws InterruptedException {
    int workers = Math.max(1, ForkJoinPool.getCommonPoolParallelism());
    CountDownLatch busy = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                busy.countDown();
                try {
                  end.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    busy.await();
  }

  @AfterEach
  void stop() {
    end.countDown();
    azure.close();
  }

  @Test
  void synchronousWriteIsAnswered() throws IOException {
    azure.arm.writes(WriteBehaviour.synchronous(A_WHILE));

    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", add("One")).statusCode()).isEqualTo(200);
  }

  @Test
  void slowMetadataServiceAnswers() throws IOException {
    try (FakeImds imds = FakeImds.startFor(azure.azure, Ids.VM)) {
      imds.latency(A_WHILE);
      String url = imds.uri() + "/metadata/identity/info?api-version=2018-02-01";

      assertThat(TestHttp.plain().get(url, "Metadata", "true").statusCode()).isEqualTo(200);
    }
  }
}
