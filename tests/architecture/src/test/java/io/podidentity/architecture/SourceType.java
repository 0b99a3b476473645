package io.podidentity.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A type as it is written, by the compiler's own parser: what is said of it in comments and texts
 * is not there. All names are simple.
 *
 * @param supers what it extends and implements
 * @param gives what its methods without parameters give, by their names
 * @param planted the contracts for which it plants defects
 */
record SourceType(
    String name,
    boolean isInterface,
    Set<String> supers,
    Map<String, String> gives,
    Set<String> planted) {

  /** All types in these files, also those within others. */
  static List<SourceType> in(List<String> sources) {
    List<SourceType> types = new ArrayList<>();
    try {
      JavacTask task =
          (JavacTask)
              ToolProvider.getSystemJavaCompiler()
                  .getTask(
                      null,
                      null,
                      null,
                      null,
                      null,
                      sources.stream().map(SourceType::file).toList());
      for (CompilationUnitTree unit : task.parse()) {
        unit.accept(new Types(types), null);
      }
    } catch (IOException e) {
      throw new AssertionError("the sources are in memory", e);
    }
    return types;
  }

  private static JavaFileObject file(String source) {
    return new SimpleJavaFileObject(URI.create("text:///Source.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static final class Types extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final List<SourceType> found;

    Types(List<SourceType> found) {
      this.found = found;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      if (!type.getSimpleName().isEmpty()) {
        found.add(
            new SourceType(
                type.getSimpleName().toString(),
                type.getKind() == Tree.Kind.INTERFACE,
                supersOf(type),
                givenBy(type),
                plantedBy(type)));
      }
      return super.visitClass(type, null);
    }
  }

  private static Set<String> supersOf(ClassTree type) {
    Set<String> supers = new HashSet<>();
    Stream.concat(Stream.ofNullable(type.getExtendsClause()), type.getImplementsClause().stream())
        .forEach(each -> supers.add(simple(each)));
    return supers;
  }

  /** By its declared type; if a field or something new is returned, by that's. */
  private static Map<String, String> givenBy(ClassTree type) {
    Map<String, String> fields = new HashMap<>();
    Map<String, String> given = new HashMap<>();
    for (Tree member : type.getMembers()) {
      if (member instanceof VariableTree field && field.getType() != null) {
        fields.put(field.getName().toString(), simple(field.getType()));
      }
    }
    for (Tree member : type.getMembers()) {
      if (member instanceof MethodTree method
          && method.getReturnType() != null
          && method.getParameters().isEmpty()
          && !method.getModifiers().getFlags().contains(Modifier.STATIC)) {
        given.put(method.getName().toString(), given(method, fields));
      }
    }
    return given;
  }

  private static String given(MethodTree method, Map<String, String> fields) {
    String declared = simple(method.getReturnType());
    if (method.getBody() == null
        || method.getBody().getStatements().size() != 1
        || !(method.getBody().getStatements().get(0) instanceof ReturnTree returned)) {
      return declared;
    }
    if (returned.getExpression() instanceof IdentifierTree field) {
      return fields.getOrDefault(field.getName().toString(), declared);
    }
    return returned.getExpression() instanceof NewClassTree made
        ? simple(made.getIdentifier())
        : declared;
  }

  /** {@code PlantedDefects.areFound(SomeContract.class, …)}. */
  private static Set<String> plantedBy(ClassTree type) {
    Set<String> planted = new HashSet<>();
    type.accept(
        new TreeScanner<@Nullable Void, @Nullable Void>() {
          @Override
          public @Nullable Void visitMethodInvocation(
              MethodInvocationTree call, @Nullable Void unused) {
            if (simple(call.getMethodSelect()).equals("areFound")
                && call.getArguments().get(0) instanceof MemberSelectTree contract) {
              planted.add(simple(contract.getExpression()));
            }
            return super.visitMethodInvocation(call, null);
          }
        },
        null);
    return planted;
  }

  private static String simple(Tree type) {
    if (type instanceof ParameterizedTypeTree parameterized) {
      return simple(parameterized.getType());
    }
    if (type instanceof MemberSelectTree select) {
      return select.getIdentifier().toString();
    }
    return type instanceof IdentifierTree name
        ? name.getName().toString()
        : type.getKind().toString();
  }
}
