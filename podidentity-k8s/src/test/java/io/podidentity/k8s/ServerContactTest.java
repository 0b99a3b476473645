package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.Pod;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ServerContactTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String LOST =
      "the API server does not answer, trying on with what was known last: problem=";
  private static final String BACK = "the API server answers again: after=";

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final AtomicLong time = new AtomicLong();
  private final ServerContact contact = new ServerContact(time::get);
  private Level before;

  @BeforeEach
  void listen() {
    before = logger().getLevel();
    logger().setLevel(Level.DEBUG);
    logger().setAdditive(false);
    logged.list = new CopyOnWriteArrayList<>();
    logged.start();
    logger().addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(logged);
    logger().setLevel(before);
    logger().setAdditive(true);
  }

  @Test
  void hourWithoutTheServerIsOneLineAndItsReturnAnother() {
    for (int outage = 0; outage < 2; outage++) {
      for (int second = 0; second < 3600; second += 8) {
        contact.watchFailed(new ConnectException("refused"));
        contact.requestEnded(new CompletionException(new ConnectException("refused")));
        pass(8);
      }
      contact.answered();
      contact.answered();
    }

    assertThat(lines())
        .containsExactly(
            LOST + "java.net.ConnectException: refused",
            BACK + "3600s",
            LOST + "java.net.ConnectException: refused",
            BACK + "3600s");
  }

  @Test
  void serverThatIsThereEveryOtherTimeIsAPairOfLinesAMinute() {
    for (int second = 0; second < 600; second++) {
      contact.watchFailed(new IOException("reset"));
      pass(1);
      contact.requestEnded(null);
    }

    assertThat(lines()).hasSize(2 * 10);
  }

  @Test
  void outageSoonAfterAnotherIsToldWhenItLasts() {
    contact.watchFailed(new IOException("reset"));
    contact.answered();
    for (int second = 0; second < 120; second += 10) {
      pass(10);
      contact.watchFailed(new IOException("reset"));
    }
    contact.answered();

    assertThat(lines())
        .containsExactly(
            LOST + "java.io.IOException: reset",
            BACK + "0s",
            LOST + "java.io.IOException: reset",
            BACK + "110s");
  }

  @Test
  void whatMayBeAnAnswerOrOurOwnIsNoLine() {
    contact.answered();
    contact.requestEnded(new IOException("reset"));
    contact.requestEnded(new HttpTimeoutException("slow"));
    contact.requestEnded(new CancellationException());
    contact.watchFailed(new IllegalStateException("a defect"));
    contact.answered();

    assertThat(lines()).isEmpty();
  }

  @Test
  @RequiresRealPart(RealPart.KUBE_APISERVER)
  void serverThatGoesAwayAfterTheFirstListAndComesBackIsTwoLines() {
    try (KubeApiServer server = KubeApiServer.start()) {
      TestCluster cluster = TestCluster.on(server);
      try (KubernetesClient admin = cluster.asAdmin();
          KubernetesClient nmi = cluster.asNmi();
          NodePods pods = new NodePods(nmi, "node");
          NodeAssignments records = new NodeAssignments(nmi, "node", true)) {
        TestCluster.follow(pods, records);
        assertThat(lines()).isEmpty();

        server.stopServer();
        Await.asserted(SOON, () -> assertThat(retries()).hasSizeGreaterThanOrEqualTo(6));
        assertThat(lines()).singleElement().asString().startsWith(LOST);

        server.startServer();
        Pod pod = new ClusterObjects(admin).put(TestObjects.pod("late", "node"));
        Await.asserted(SOON, () -> assertThat(pods.byName(pod.name())).isPresent());

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).startsWith(BACK);
      }
    }
  }

  private void pass(int seconds) {
    time.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  /** What is said at the level of the programs. */
  private List<String> lines() {
    return logged.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private List<ILoggingEvent> retries() {
    return logged.list.stream().filter(event -> event.getLevel() == Level.DEBUG).toList();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ServerContact.class);
  }
}
