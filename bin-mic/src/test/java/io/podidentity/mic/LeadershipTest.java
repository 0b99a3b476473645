package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A MIC that holds the lease and does nothing, or that stays when it has lost it, helps nobody. */
final class LeadershipTest {
  private final Error noThread = new InternalError("unable to create native thread");

  private final List<String> calls = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private String failing = "";
  private final Leadership leadership = new Leadership(new Work(), lines::add);

  @Test
  void itWorksOnceTheClusterIsKnownUntilItStepsDown() {
    lead();
    assertThat(leadership.isActive()).isFalse();
    known.complete(null);
    assertThat(leadership.isActive()).isTrue();

    leadership.stepDown();

    assertThat(leadership.isActive()).isFalse();
    assertThat(calls).containsExactly("tell true", "besides", "begin", "tell false", "end");
    assertThat(lines).containsExactly("lost leader lease");
  }

  @Test
  void itEndsWithOneLineThoughItCannotTellThatItStepsDown() {
    failing = "tell false";

    leadership.stepDown();

    assertThat(calls).containsExactly("tell false", "end");
    assertThat(lines).containsExactly("lost leader lease, and could not stop at once: " + noThread);
  }

  @Test
  void itEndsWithOneLineThoughItsWorkCannotBeStopped() {
    failing = "end";

    leadership.stepDown();

    assertThat(lines).containsExactly("lost leader lease, and could not stop at once: " + noThread);
  }

  @Test
  void itEndsWithOneLineIfItCannotTellThatItLeads() {
    failing = "tell true";
    known.complete(null);

    lead();

    assertThat(calls).containsExactly("tell true");
    assertThat(lines).containsExactly("cannot lead, ending: " + noThread);
  }

  @Test
  void itEndsWithOneLineIfWhatItDoesBesidesCannotBegin() {
    failing = "besides";
    known.complete(null);

    lead();

    assertThat(leadership.isActive()).isFalse();
    assertThat(calls).containsExactly("tell true", "begin", "besides");
    assertThat(lines).containsExactly("cannot lead, ending: " + noThread);
  }

  @Test
  void itEndsWithOneLineIfItsWorkCannotBegin() {
    failing = "begin";
    lead();

    known.complete(null);

    assertThat(leadership.isActive()).isFalse();
    assertThat(lines).containsExactly("cannot lead, ending: " + noThread);
  }

  @Test
  void itEndsWithOneLineIfTheClusterCannotBeFollowed() {
    lead();

    leadership.blind(noThread);
    leadership.stepDown();

    assertThat(lines).containsExactly("cannot follow the cluster, ending: " + noThread);
  }

  @Test
  void nothingEndsAProcessThatEndsAlready() {
    leadership.close();

    leadership.stepDown();
    leadership.blind(noThread);

    assertThat(lines).isEmpty();
  }

  private void lead() {
    leadership.lead(known, () -> call("besides"));
  }

  private void call(String name) {
    calls.add(name);
    if (name.equals(failing)) {
      throw noThread;
    }
  }

  private final class Work implements Leadership.Work {
    @Override
    public void tell(boolean leads) {
      call("tell " + leads);
    }

    @Override
    public void begin() {
      call("begin");
    }

    @Override
    public void end() {
      call("end");
    }
  }
}
