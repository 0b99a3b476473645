package io.podidentity.architecture;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Finds what others can call or implement and has no Javadoc, or has one that does not say what
 * null means, or what a number counts. What overrides has its parent's. The compiler's own check
 * wants a {@code @param} and a {@code @return} everywhere too, also where the sentence says it all.
 */
final class Undocumented {
  private static final Pattern NULL = Pattern.compile("\\bnull\\b", Pattern.CASE_INSENSITIVE);
  private static final Set<String> NUMBERS = Set.of("int", "long", "double", "float");

  /** What numbers are of. */
  private static final Pattern COUNTS =
      Pattern.compile(
          "\\b(how many|number|counts?|times|entries|bytes|(milli|nano)?seconds?|minute|at once|part|port"
              + "|share|seed|status|size|exit code)\\b",
          Pattern.CASE_INSENSITIVE);

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
        boolean isRecord = type.getKind() == Tree.Kind.RECORD;
        for (Tree member : type.getMembers()) {
          if (isRecord
              && member instanceof VariableTree component
              && !component.getModifiers().getFlags().contains(Modifier.STATIC)) {
            lookAt(component.getModifiers(), component.getType(), component.getName().toString());
          }
        }
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
        around += method.getName();
        lookAt(method.getModifiers(), method.getReturnType(), "");
        for (VariableTree parameter : method.getParameters()) {
          lookAt(parameter.getModifiers(), parameter.getType(), parameter.getName().toString());
        }
        around = around.substring(0, around.length() - method.getName().length());
      }
      return null;
    }

    /** What is said of a parameter, a component or, without a name, of a result. */
    private void lookAt(ModifiersTree modifiers, Tree type, String name) {
      if (type == null) {
        return;
      }
      String said = saidOf(getCurrentPath(), name);
      if (getCurrentPath().getLeaf() instanceof MethodTree made
          && made.getName().contentEquals("<init>")) {
        // What a record says of a component counts for each of its constructors.
        said += saidOf(getCurrentPath().getParentPath(), name);
      }
      if (isNullable(modifiers, type) && !NULL.matcher(said).find()) {
        found.add(around + (name.isEmpty() ? "" : " " + name) + ": null");
      }
      if (NUMBERS.contains(type.toString()) && !COUNTS.matcher(said + words(name)).find()) {
        found.add(around + (name.isEmpty() ? "" : " " + name) + ": unit");
      }
    }

    private String saidOf(TreePath path, String name) {
      DocCommentTree comment = trees.getDocCommentTree(path);
      if (comment == null) {
        return "";
      }
      StringBuilder said = new StringBuilder(comment.getFullBody().toString());
      for (DocTree tag : comment.getBlockTags()) {
        if (tag instanceof ParamTree param
            ? param.getName().toString().equals(name)
            : tag.getKind() == DocTree.Kind.RETURN && name.isEmpty()) {
          said.append(' ').append(tag);
        }
      }
      return said.append(' ').toString();
    }

    /** A name may say it, as {@code maxBytes} does. */
    private static String words(String name) {
      return name.replaceAll("([A-Z])", " $1");
    }

    private static boolean isNullable(ModifiersTree modifiers, Tree type) {
      List<? extends AnnotationTree> annotations =
          type instanceof AnnotatedTypeTree annotated
              ? annotated.getAnnotations()
              : modifiers.getAnnotations();
      return annotations.stream()
          .anyMatch(each -> each.getAnnotationType().toString().equals("Nullable"));
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
