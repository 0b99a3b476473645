package io.podidentity.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Finds what others can call or implement and has no Javadoc. What overrides has its parent's. The
 * compiler's own check wants a {@code @param} and a {@code @return} everywhere too, also where the
 * sentence says it all.
 */
final class Undocumented {
  private Undocumented() {}

  /** A line for each, in the sources below the folders. */
  static List<String> in(List<Path> folders) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> sources = manager.getJavaFileObjectsFromPaths(files);
      JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, sources);
      Scanner scanner = new Scanner(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        scanner.scan(unit, false);
      }
      return scanner.found;
    }
  }

  /** Carries whether the type around is one whose members are open unless they say otherwise. */
  private static final class Scanner extends TreePathScanner<Void, Boolean> {
    private final DocTrees trees;
    private final List<String> found = new ArrayList<>();
    private String around = "";

    Scanner(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, Boolean inInterface) {
      if (isOpen(type.getModifiers(), inInterface)) {
        String outer = around;
        around = outer + type.getSimpleName();
        look("");
        around += ".";
        boolean opens = type.getKind() == Tree.Kind.INTERFACE;
        type.getMembers().forEach(member -> scan(member, opens));
        around = outer;
      }
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Boolean inInterface) {
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(each -> each.getAnnotationType().toString().equals("Override"));
      if (isOpen(method.getModifiers(), inInterface) && !overrides) {
        look(method.getName().toString());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree variable, Boolean inInterface) {
      if (isOpen(variable.getModifiers(), inInterface)) {
        look(variable.getName().toString());
      }
      return null;
    }

    private void look(String member) {
      if (trees.getDocCommentTree(getCurrentPath()) == null) {
        found.add(around + member);
      }
    }

    private static boolean isOpen(ModifiersTree modifiers, boolean inInterface) {
      Set<Modifier> flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || (inInterface && !flags.contains(Modifier.PRIVATE));
    }
  }
}
