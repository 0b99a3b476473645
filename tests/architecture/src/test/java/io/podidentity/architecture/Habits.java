package io.podidentity.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static io.podidentity.architecture.Accesses.nameOf;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import io.podidentity.api.PodIdentityException;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What no module does, each with those that must. */
final class Habits {
  /** Who reads a clock or sleeps, and why. */
  private static final Map<String, String> BY_THE_CLOCK =
      Map.of(
          "TokenBroker", "the system's clock is a default",
          "EmbedSettings", "the system's clock is a default",
          "CallRate", "holds calls to a rate, in real time",
          "RecordWrites", "rests between tries of one write",
          "StderrAppender", "a log line has the time at which it is written",
          "PlanCommand", "a command that runs once",
          "NmiCommandLine", "puts the program's parts together");

  /** Who writes to the streams, and why. */
  private static final Map<String, String> TO_THE_STREAMS =
      Map.of(
          "Logging", "the log goes to stderr",
          "FileFreeConfigurator", "the log goes to stderr before it is configured");

  /** {@code …Async} without an executor among its parameters, and others that use it. */
  private static final Pattern COMMON_POOL =
      Pattern.compile(
          "java\\.util\\.(concurrent\\.(Complet\\w+\\.(\\w+Async|delayedExecutor)(?!.*\\.Executor\\))"
              + "|ForkJoinPool\\.commonPool)"
              + "|stream\\.\\w*Stream\\.parallel|\\w+(\\.\\w+)*\\.parallelStream).*");

  private Habits() {}

  /** Of libraries and programs; the test kit and the mains have real time. */
  static ArchRule takesTimeFromOthers() {
    return noClass("read a clock, or sleep", BY_THE_CLOCK.keySet(), Clocks::isRead);
  }

  /** A library that prints cannot be silenced, and a program's output is its main's affair. */
  static ArchRule printsInMainsOnly() {
    return noClass(
        "print",
        TO_THE_STREAMS.keySet(),
        access ->
            nameOf(access).matches("java\\.lang\\.System\\.(out|err)")
                || (access.getName().equals("printStackTrace")
                    && access.getTargetOwner().isAssignableTo(Throwable.class)));
  }

  /** Whoever answers for a name would say whose tokens an address gets: IpAddresses reads them. */
  static ArchRule looksNoNamesUp() {
    return noClass(
        "look up a name, or what may be taken for one",
        Set.of(),
        access -> nameOf(access).matches("java\\.net\\.Inet\\w*Address\\.get(By|AllBy)Name"));
  }

  /**
   * It belongs to the whole process, and has as few as one thread: what waits there is in the way
   * of all, and who has work done there waits for what others do.
   */
  static ArchRule usesNoCommonPool() {
    return noClass(
        "use the JVM's common pool",
        Set.of(),
        access -> COMMON_POOL.matcher(access.getTarget().getFullName()).matches());
  }

  /** Libraries and programs log by SLF4J, and the API not at all. */
  static ArchRule usesNoJavaUtilLogging() {
    return noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");
  }

  /** Whoever catches has to know what. */
  static ArchRule throwsNothingGeneric() {
    return NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
  }

  /** What leaves a module is the one exception, with its reason. */
  static ArchRule hasOneException() {
    return classes()
        .that()
        .areAssignableTo(Throwable.class)
        .and(describe("are public", type -> type.getModifiers().contains(JavaModifier.PUBLIC)))
        .should()
        .beAssignableTo(PodIdentityException.class);
  }

  private static boolean isMain(JavaClass type) {
    return outermost(type).getSimpleName().endsWith("Main");
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(Habits::outermost).orElse(type);
  }

  private static ArchRule noClass(
      String what, Set<String> except, Predicate<JavaAccess<?>> forbidden) {
    return Accesses.none(
        describe(
            "are no mains, nor of those that must",
            type -> !isMain(type) && !except.contains(outermost(type).getSimpleName())),
        what,
        forbidden);
  }
}
