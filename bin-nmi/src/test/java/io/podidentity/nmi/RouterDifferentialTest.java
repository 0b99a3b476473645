package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.podidentity.nmi.RequestPath.Route;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The router against {@link PathReader}s: what it passes on is an identity path for none of them,
 * and what passes the block of the instance metadata is an instance path for none. Each build looks
 * at a hundred thousand paths; {@code -Dpodidentity.router.paths} says at how many, and is a
 * million in CI.
 */
class RouterDifferentialTest {
  private static final int PATHS = Integer.getInteger("podidentity.router.paths", 100_000);
  private static final long SEED = 20220523;

  @Test
  void whatIsPassedOnIsHarmlessInTheEyesOfEveryReader() {
    PathGenerator paths = new PathGenerator(SEED);
    int passedOn = 0;
    int dangerous = 0;
    for (int i = 0; i < PATHS; i++) {
      String raw = paths.next();
      Route route = RequestPath.of(raw).route();
      if (route == Route.METADATA || route == Route.INSTANCE) {
        passedOn++;
        String problem = misread(RequestPath::of, raw);
        if (problem != null) {
          fail("path " + i + ": " + problem);
        }
      } else if (i % 100 == 0 && PathReader.LENIENT.seesIdentity(raw)) {
        dangerous++;
      }
    }
    // Or it would prove nothing.
    assertThat(passedOn).as("passed on").isGreaterThan(PATHS / 20);
    assertThat(dangerous).as("identity paths among each hundredth").isGreaterThan(PATHS / 1000);
  }

  @Test
  void noneOfTheCorpusIsPassedOn() {
    for (String raw : IdentityPaths.REFUSED) {
      assertThat(RequestPath.of(raw)).as(raw).isEqualTo(new RequestPath(Route.REFUSED, ""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void routerWithAHoleIsCaught(Planted router) {
    PathGenerator paths = new PathGenerator(SEED);
    assertThat(
            Stream.generate(paths::next)
                .limit(10_000)
                .anyMatch(raw -> misread(router.route, raw) != null))
        .isTrue();
  }

  @Test
  void versionOneIsCaughtAtThePathThatItsFixMissed() {
    assertThat(misread(Planted.VERSION_1_8_17.route, IdentityPaths.LEFT_OPEN_BY_VERSION_ONE))
        .contains("as an identity path");
  }

  @Test
  void everyReaderCatchesSomething() {
    PathGenerator paths = new PathGenerator(SEED);
    Set<PathReader> alert = EnumSet.noneOf(PathReader.class);
    for (int i = 0; i < 10_000; i++) {
      String raw = paths.next();
      if (Planted.PASSES_ALL.route.apply(raw).route() == Route.METADATA) {
        Stream.of(PathReader.values())
            .filter(reader -> reader.seesIdentity(raw))
            .forEach(alert::add);
      }
    }
    assertThat(alert).containsExactlyInAnyOrder(PathReader.values());
  }

  /** Who reads what a router passes on as something that it must not pass on; null if nobody. */
  private static @Nullable String misread(Function<String, RequestPath> router, String raw) {
    RequestPath path = router.apply(raw);
    if (path.route() != Route.METADATA && path.route() != Route.INSTANCE) {
      return null;
    }
    Set<String> cameAndSent = new LinkedHashSet<>(List.of(raw, path.plain()));
    for (PathReader reader : PathReader.values()) {
      for (String text : cameAndSent) {
        if (reader.seesIdentity(text)) {
          return reader + " reads " + text + " as an identity path";
        }
        if (path.route() == Route.METADATA && reader.seesInstance(text)) {
          return reader + " reads " + text + " as instance metadata, which is not blocked";
        }
      }
    }
    return null;
  }

  /** Routers with a hole each, which has to be found. */
  @SuppressWarnings("ImmutableEnumChecker")
  enum Planted {
    PASSES_ALL(Planted::passed),
    /** The routes of v1.8.17, in the order of pkg/nmi/server/server.go. */
    VERSION_1_8_17(
        raw -> {
          String decoded = PathReader.GO.read(raw);
          if (decoded == null
              || decoded.matches(".*/(?i:metadata)/identity.*oauth2.*token.*")
              || decoded.startsWith("/host/token")) {
            return new RequestPath(Route.REFUSED, "");
          }
          return decoded.matches("/(?i:metadata)/instance.*")
              ? new RequestPath(Route.INSTANCE, raw)
              : passed(raw);
        }),
    FORGETS_BACKSLASHES(raw -> raw.indexOf('\\') >= 0 ? passed(raw) : RequestPath.of(raw)),
    FORGETS_LETTER_CASE(raw -> raw.matches(".*[A-Z].*") ? passed(raw) : RequestPath.of(raw)),
    FORGETS_PARAMETERS(raw -> raw.indexOf(';') >= 0 ? passed(raw) : RequestPath.of(raw)),
    FORGETS_DOTS(raw -> raw.contains("..") ? passed(raw) : RequestPath.of(raw)),
    FORGETS_NUL(raw -> raw.contains("%00") ? passed(raw) : RequestPath.of(raw)),
    DECODES_ONCE(raw -> raw.contains("%25") ? passed(raw) : RequestPath.of(raw)),
    BLOCKS_ONE_SPELLING(
        raw -> {
          RequestPath path = RequestPath.of(raw);
          return path.route() == Route.INSTANCE && !path.plain().contains("/instance")
              ? passed(raw)
              : path;
        });

    private final Function<String, RequestPath> route;

    Planted(Function<String, RequestPath> route) {
      this.route = route;
    }

    private static RequestPath passed(String raw) {
      return new RequestPath(Route.METADATA, raw);
    }
  }
}
