package dev.thalweg.cli;

import dev.thalweg.format.BadFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The program's entry: hands the arguments to a command and turns errors into one line and an exit code. */
@Command(name = "thalweg", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Trains image classifiers by gradient descent and asks them what they see.",
        subcommands = {TrainCommand.class, FindRateCommand.class, EvaluateCommand.class, PredictCommand.class, InfoCommand.class},
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong arguments."})
public final class Main implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Main() {
    }

    /**
     * Runs the program and ends the JVM with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        // Nothing here opens a window; without this, macOS shows an icon for drawing the built-in data set.
        System.setProperty("java.awt.headless", "true");
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Main::wrongArguments);
        line.setExecutionExceptionHandler(Main::failed);
        return line;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "expected a command: train, find-rate, evaluate, predict or info");
    }

    private static int wrongArguments(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("thalweg: " + oneLine(e.getMessage()) + " (see: " + command.getCommandSpec().qualifiedName() + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult result) {
        PrintWriter err = command.getErr();
        err.println("thalweg: " + oneLine(explain(e)));
        if (Boolean.getBoolean("thalweg.stacktrace")) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String explain(Exception e) {
        return switch (e) {
            case UncheckedIOException unchecked -> explain(unchecked.getCause());
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case IOException io -> "input or output failed: " + io.getMessage();
            case BadFileException bad -> bad.getMessage();
            case IllegalArgumentException wrong -> wrong.getMessage();
            case IllegalStateException state -> state.getMessage();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
