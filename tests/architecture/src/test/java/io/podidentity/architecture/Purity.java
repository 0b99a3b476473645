package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.podidentity.architecture.Accesses.nameOf;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.api.embed.EmbedSettings;
import io.podidentity.api.token.TokenBroker;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Predicate;
import java.util.stream.BaseStream;

/** What podidentity-api leaves to those who embed it. */
final class Purity {
  private static final String API_ROOT = "io.podidentity.api";
  private static final String API = API_ROOT + "..";

  /** Those with an executor as last argument run where the embedder wants. */
  private static final Set<String> ON_THREADS_OF_THE_JDK =
      Set.of("orTimeout", "completeOnTimeout", "delayedExecutor");

  private static final Set<String> SETTINGS =
      Set.of(
          "java.lang.System.getProperty",
          "java.lang.System.getProperties",
          "java.lang.System.setProperty",
          "java.lang.System.lineSeparator",
          "java.lang.Runtime.getRuntime",
          "java.security.Security.getProperty",
          "java.util.Locale.getDefault",
          "java.util.TimeZone.getDefault",
          "java.time.ZoneId.systemDefault",
          "java.nio.charset.Charset.defaultCharset",
          "java.net.InetAddress.getLocalHost",
          "java.lang.System.getenv",
          "java.lang.Boolean.getBoolean",
          "java.lang.Integer.getInteger",
          "java.lang.Long.getLong");

  private Purity() {}

  static List<ArchRule> rules() {
    return List.of(
        makesNoThread(),
        hasNoStaticState(),
        readsNoSetting(),
        neitherLogsNorPrints(),
        doesNoIo(),
        readsNoClock());
  }

  /**
   * Executors and timers are handed in, and closed by whoever made them. {@code OwnThreads} closes
   * its own ({@code EmbeddedBrokerTest}).
   */
  static ArchRule makesNoThread() {
    return noApiClass(
        "make a thread, or use the JDK's",
        access -> {
          JavaClass owner = access.getTargetOwner();
          return !access.getOriginOwner().getName().equals(API_ROOT + ".embed.OwnThreads")
              && makesThread(access, owner);
        });
  }

  private static boolean makesThread(JavaAccess<?> access, JavaClass owner) {
    return (owner.isAssignableTo(Thread.class) && access.getName().equals("<init>"))
        || owner.isAssignableTo(Timer.class)
        || owner.isEquivalentTo(Executors.class)
        || owner.isAssignableTo(AbstractExecutorService.class)
        || owner.isAssignableTo(SubmissionPublisher.class)
        || owner.isEquivalentTo(Cleaner.class)
        || access.getName().equals("parallelStream")
        || (owner.isAssignableTo(BaseStream.class) && access.getName().equals("parallel"))
        || (owner.isAssignableTo(CompletableFuture.class) && usesAThreadOfTheJdk(access));
  }

  private static boolean usesAThreadOfTheJdk(JavaAccess<?> access) {
    boolean given = access.getTarget().getFullName().contains(Executor.class.getName());
    return ON_THREADS_OF_THE_JDK.contains(access.getName())
        || (access.getName().endsWith("Async") && !given);
  }

  /** Two brokers in one process know nothing of each other. */
  static ArchRule hasNoStaticState() {
    return fields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(API)
        .and()
        .areStatic()
        .and(describe("are in the source", Purity::isWritten))
        .should(Constants.beConstants());
  }

  /** The compiler keeps tables for enums. */
  private static boolean isWritten(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.SYNTHETIC);
  }

  /** Everything is said in constructors. */
  static ArchRule readsNoSetting() {
    return noApiClass("read the environment", access -> SETTINGS.contains(nameOf(access)));
  }

  /** What there is to tell goes to {@code Telemetry}. */
  static ArchRule neitherLogsNorPrints() {
    return noApiClass(
        "log or print",
        access ->
            access.getTargetOwner().getName().startsWith("java.util.logging.")
                || access.getTargetOwner().getName().startsWith("java.lang.System$Logger")
                || nameOf(access).matches("java\\.lang\\.System\\.(out|err|getLogger)")
                || access.getName().equals("printStackTrace"));
  }

  /** I/O is behind the ports. */
  static ArchRule doesNoIo() {
    return noClasses()
        .that()
        .resideInAPackage(API)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net.http..", "java.nio.file..", "java.nio.channels..")
                .or(
                    describe(
                        "do I/O",
                        type ->
                            type.getName()
                                .matches(
                                    "java\\.(io\\.(File|Random)\\w*"
                                        + "|net\\.(\\w*Socket|URL\\w*Connection|URL))"))));
  }

  /**
   * Time is a parameter. {@code nanoTime} may measure how long something took. The system's clock
   * is a default in two places.
   */
  static ArchRule readsNoClock() {
    return noApiClass(
        "read a clock",
        access ->
            Clocks.isRead(access)
                && !access.getOriginOwner().isEquivalentTo(TokenBroker.class)
                && !access.getOriginOwner().isEquivalentTo(EmbedSettings.class));
  }

  private static ArchRule noApiClass(String what, Predicate<JavaAccess<?>> forbidden) {
    return Accesses.none(resideInAPackage(API), what, forbidden);
  }
}
