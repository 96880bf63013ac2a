package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands that another module adds; the tests' {@code META-INF/services} names the provider. */
class ProvidedCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** As another module would have it. */
    public static final class Provider implements CommandProvider {
        @Override
        public List<Callable<Integer>> commands() {
            return List.of(new Greet());
        }
    }

    /** Greets, or fails. */
    @Command(name = "greet", mixinStandardHelpOptions = true, description = "Greets somebody.")
    private static final class Greet implements Callable<Integer> {
        @Option(names = "--name", required = true, description = "Who is greeted.")
        private String name;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("nobody is\nto be greeted");
            }
            spec.commandLine().getOut().println("hello " + name);
            return 0;
        }
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Main.run(line, arguments);
    }

    @Test
    void areRunAndListedAmongTheProgramsOwn() {
        assertEquals(0, run("greet", "--name", "you"));
        assertEquals("hello you", out.toString().strip());
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("greet") && out.toString().contains("Greets somebody."), out.toString());
        assertEquals(2, run());
        assertTrue(err.toString().contains("train") && err.toString().contains("greet"), err.toString());
    }

    @Test
    void endAsTheProgramsOwn() {
        assertEquals(2, run("greet"));
        assertTrue(err.toString().startsWith("thalweg: ") && err.toString().contains("--name"), err.toString());
        err.getBuffer().setLength(0);
        assertEquals(1, run("greet", "--name", ""));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains("nobody is"), err.toString());
    }
}
