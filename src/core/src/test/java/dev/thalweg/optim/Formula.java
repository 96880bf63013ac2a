package dev.thalweg.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the statements of OpenCL C of {@link dev.thalweg.graph.UpdateRule#formula}, in floats as a device does. */
final class Formula {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(0x[0-9a-f.]+p-?\\d+f|\\d+\\.\\d+f|\\d+|\\w+|[-+*/]=|==|&&|[-+*/=<>(){};,])");

    /** Reads and changes variables by name. */
    @FunctionalInterface
    private interface Statement {
        void run(Map<String, Float> variables);
    }

    /** A float, or a condition that is 1 where it holds and 0 where not. */
    private interface Expression extends ToDoubleFunction<Map<String, Float>> {
        default float of(Map<String, Float> variables) {
            return (float) applyAsDouble(variables);
        }
    }

    private final List<String> tokens = new ArrayList<>();
    private final Statement program;
    private int at;

    Formula(String text) {
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
        if (skip("{")) {
            List<Statement> block = new ArrayList<>();
            while (!skip("}")) {
                block.add(statement());
            }
            return v -> block.forEach(s -> s.run(v));
        }
        if (skip("if")) {
            Expression condition = parenthesized();
            Statement then = statement();
            Statement otherwise = skip("else") ? statement() : v -> {};
            return v -> (condition.of(v) != 0 ? then : otherwise).run(v);
        }
        String target = tokens.get(at++);
        String operator = tokens.get(at++);
        Expression value = condition();
        expect(";");
        return operator.equals("=")
                ? v -> v.put(target, value.of(v))
                : v -> v.put(target, combine(operator.substring(0, 1), v.get(target), value.of(v)));
    }

    private Expression parenthesized() {
        expect("(");
        Expression inner = condition();
        expect(")");
        return inner;
    }

    private Expression condition() {
        Expression left = comparison();
        while (skip("&&")) {
            Expression first = left;
            Expression second = comparison();
            left = v -> first.of(v) != 0 && second.of(v) != 0 ? 1 : 0;
        }
        return left;
    }

    private Expression comparison() {
        return operators(List.of(">", "<", "=="), this::sum);
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
            case "<" -> a < b ? 1 : 0;
            case "==" -> a == b ? 1 : 0;
            default -> throw new IllegalArgumentException("no operator: " + operator);
        };
    }

    private Expression factor() {
        if (tokens.get(at).equals("(")) {
            return parenthesized();
        }
        String name = tokens.get(at++);
        if (Character.isDigit(name.charAt(0))) {
            float number = Float.parseFloat(name);
            return v -> number;
        }
        if (skip("(")) {
            Expression first = condition();
            Expression second = skip(",") ? condition() : null;
            expect(")");
            return v -> call(name, first.of(v), second == null ? 0 : second.of(v));
        }
        return v -> v.get(name);
    }

    private static float call(String function, float x, float y) {
        return switch (function) {
            case "sqrt" -> (float) Math.sqrt(x);
            case "sign" -> Math.signum(x);
            case "fmax" -> Math.max(x, y);
            default -> throw new IllegalArgumentException("no function: " + function);
        };
    }
}
