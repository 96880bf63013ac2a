package dev.thalweg.backend.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the statements of OpenCL C that {@link OpenClPrinter} writes, in floats as a device does. */
final class Statements {
    private static final Pattern TOKEN = Pattern.compile("\\s*(0x[0-9a-f.]+p-?\\d+f|\\w+|[-+*/=>(){};,?:])");

    /** Reads and changes variables by name. */
    @FunctionalInterface
    private interface Statement {
        void run(Map<String, Float> variables);
    }

    /** A float, or a comparison that is 1 where it holds and 0 where not. */
    private interface Expression extends ToDoubleFunction<Map<String, Float>> {
        default float of(Map<String, Float> variables) {
            return (float) applyAsDouble(variables);
        }
    }

    private final List<String> tokens = new ArrayList<>();
    private final Statement program;
    private int at;

    Statements(String text) {
        Matcher token = TOKEN.matcher(text);
        int end = 0;
        while (end < text.length() && token.find(end) && token.start() == end) {
            tokens.add(token.group(1));
            end = token.end();
        }
        if (end < text.length()) {
            throw new IllegalArgumentException("no token at \"" + text.substring(end) + "\"");
        }
        List<Statement> statements = new ArrayList<>();
        while (at < tokens.size()) {
            statements.add(statement());
        }
        program = v -> statements.forEach(s -> s.run(v));
    }

    void run(Map<String, Float> variables) {
        program.run(variables);
    }

    private boolean skip(String token) {
        boolean there = at < tokens.size() && tokens.get(at).equals(token);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String token) {
        if (!skip(token)) {
            throw new IllegalArgumentException("expected " + token + " at " + tokens.subList(at, tokens.size()));
        }
    }

    private Statement statement() {
        String target = tokens.get(at++);
        expect("=");
        Expression value = choice();
        expect(";");
        return v -> v.put(target, value.of(v));
    }

    private Expression choice() {
        Expression condition = operators(List.of(">"), this::sum);
        if (!skip("?")) {
            return condition;
        }
        Expression then = choice();
        expect(":");
        Expression otherwise = choice();
        return v -> condition.of(v) != 0 ? then.of(v) : otherwise.of(v);
    }

    private Expression sum() {
        return operators(List.of("+", "-"), () -> operators(List.of("*", "/"), this::factor));
    }

    private Expression operators(List<String> level, Supplier<Expression> operand) {
        Expression left = operand.get();
        while (at < tokens.size() && level.contains(tokens.get(at))) {
            String operator = tokens.get(at++);
            Expression first = left;
            Expression second = operand.get();
            left = v -> combine(operator, first.of(v), second.of(v));
        }
        return left;
    }

    private static float combine(String operator, float a, float b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case ">" -> a > b ? 1 : 0;
            default -> throw new IllegalArgumentException("no operator: " + operator);
        };
    }

    private Expression factor() {
        if (skip("-")) {
            Expression negated = factor();
            return v -> -negated.of(v);
        }
        if (skip("(")) {
            Expression inner = choice();
            expect(")");
            return inner;
        }
        String name = tokens.get(at++);
        if (Character.isDigit(name.charAt(0))) {
            float number = Float.parseFloat(name);
            return v -> number;
        }
        if (skip("(")) {
            Expression first = choice();
            Expression second = skip(",") ? choice() : null;
            expect(")");
            return v -> call(name, first.of(v), second == null ? 0 : second.of(v));
        }
        return v -> {
            Float value = v.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no variable: " + name);
            }
            return value;
        };
    }

    private static float call(String function, float x, float y) {
        return switch (function) {
            case "sqrt" -> (float) Math.sqrt(x);
            case "fabs" -> Math.abs(x);
            case "sign" -> Math.signum(x);
            case "fmax" -> Math.max(x, y);
            case "fmin" -> Math.min(x, y);
            default -> throw new IllegalArgumentException("no function: " + function);
        };
    }
}
