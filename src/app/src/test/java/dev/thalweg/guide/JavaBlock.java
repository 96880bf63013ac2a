package dev.thalweg.guide;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles a block of Java as the body of a method, with the library's packages imported, and runs it. */
final class JavaBlock {
    /**
     * Where the names of a block are looked for: where two have the same, the one that users meet first comes first.
     */
    private static final List<String> PACKAGES = Stream.of(
                    "",
                    ".tensor",
                    ".model",
                    ".data",
                    ".loss",
                    ".optim",
                    ".train",
                    ".inference",
                    ".metric",
                    ".report",
                    ".backend",
                    ".io",
                    ".format",
                    ".graph",
                    ".graph.expression")
            .map(room -> "dev.thalweg" + room)
            .toList();

    private static final Pattern TYPE = Pattern.compile("\\b[A-Z]\\w*");

    private JavaBlock() {}

    /**
     * Compiles and runs.
     *
     * @param block the code
     * @param directory for what it writes, and {@code directory} in the code
     */
    static void run(Page.Block block, Path directory) throws Exception {
        Path source = directory.resolve("source").resolve("Block.java");
        Files.createDirectories(source.getParent());
        Files.writeString(
                source,
                imports(block) + "import java.nio.file.*;import java.util.*;import java.util.stream.*;import static"
                        + " dev.thalweg.model.Activation.*;import static"
                        + " dev.thalweg.graph.expression.Expression.*;class Block { static void run(Path"
                        + " directory) throws Exception {\n" + block.given() + "\n"
                        + block.text() + "\n}}");
        Path classes = Files.createDirectories(directory.resolve("classes"));
        compile(source, classes);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, JavaBlock.class.getClassLoader())) {
            var method = loader.loadClass("Block").getDeclaredMethod("run", Path.class);
            method.setAccessible(true);
            method.invoke(null, directory);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the code ended with " + e.getCause() + ":\n" + block.text(), e.getCause());
        }
    }

    /** What the block names and does not declare, of the library. */
    private static String imports(Page.Block block) {
        String code = block.given() + block.text();
        return TYPE.matcher(code)
                .results()
                .map(MatchResult::group)
                .distinct()
                .filter(name -> !code.matches("(?s).*\\b(record|class|interface) " + name + "\\b.*"))
                .flatMap(name -> PACKAGES.stream()
                        .filter(room -> exists(room + "." + name))
                        .limit(1)
                        .map(room -> "import " + room + "." + name + ";"))
                .collect(Collectors.joining());
    }

    private static boolean exists(String type) {
        try {
            return Modifier.isPublic(
                    Class.forName(type, false, JavaBlock.class.getClassLoader()).getModifiers());
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return false;
        }
    }

    private static void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjects(source);
            List<String> options = List.of(
                    "-proc:none", "-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
            if (!compiler.getTask(said, files, null, options, null, sources).call()) {
                throw new AssertionError("the code does not compile: " + said);
            }
        }
    }
}
