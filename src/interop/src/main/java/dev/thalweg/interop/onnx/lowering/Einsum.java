package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Einstein's sum: operands are brought to one order of the letters, multiplied, and summed over the letters that the
 * result does not name.
 */
final class Einsum {
    private final Call call;
    private final GraphBuilder graph;
    private final Arrangement arrangement;
    private final Map<Character, Integer> extents = new LinkedHashMap<>();
    private final List<String> terms;
    private final String result;

    Einsum(Call call) {
        this.call = call;
        this.graph = call.graph();
        this.arrangement = new Arrangement(graph);
        String equation = call.text("equation", "").replaceAll("\\s", "");
        String[] sides = equation.split("->", -1);
        String[] given = sides[0].split(",", -1);
        if (sides.length > 2 || given.length != call.operands().size()) {
            throw call.refusal(
                    "its equation is " + equation + " for " + call.operands().size() + " operands");
        }
        this.terms = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            terms.add(spelled(given[i], call.operand(i).rank()));
        }
        this.result = sides.length == 2 ? spelled(sides[1], -1) : implied(String.join("", terms));
    }

    /** Digits stand for the axes of an ellipsis, counted from its end. */
    private String spelled(String term, int rank) {
        int at = term.indexOf("...");
        if (at < 0) {
            return term;
        }
        int axes = rank < 0 ? ellipsis() : rank - (term.length() - 3);
        StringBuilder digits = new StringBuilder();
        for (int i = axes; i > 0; i--) {
            digits.append((char) ('0' + i));
        }
        return term.substring(0, at) + digits + term.substring(at + 3);
    }

    private int ellipsis() {
        return (int) String.join("", terms)
                .chars()
                .filter(Character::isDigit)
                .distinct()
                .count();
    }

    /** All letters that stand once, in the alphabet's order, behind the axes of an ellipsis. */
    private static String implied(String letters) {
        Map<Character, Integer> counts = new TreeMap<>();
        letters.chars().forEach(c -> counts.merge((char) c, 1, Integer::sum));
        StringBuilder implied = new StringBuilder();
        for (char digit = '9'; digit > '0'; digit--) {
            if (counts.containsKey(digit)) {
                implied.append(digit);
            }
        }
        counts.forEach((letter, count) -> {
            if (count == 1 && !Character.isDigit(letter)) {
                implied.append(letter);
            }
        });
        return implied.toString();
    }

    Operand result() {
        for (int i = 0; i < terms.size(); i++) {
            measure(terms.get(i), call.operand(i).dims());
        }
        List<Character> letters = new ArrayList<>();
        result.chars().forEach(c -> letters.add((char) c));
        int kept = letters.size();
        extents.keySet().stream().filter(c -> !letters.contains(c)).forEach(letters::add);
        if (!extents.keySet().containsAll(letters)
                || letters.stream().distinct().count() != letters.size()) {
            throw call.refusal("its equation yields " + result + " of " + terms);
        }
        List<Integer> dims = letters.stream().map(extents::get).toList();
        Operand product = IntStream.range(0, terms.size())
                .mapToObj(i -> spread(call.operand(i), terms.get(i), letters))
                .reduce((a, b) -> Elementwise.apply(graph, Combinations.MUL, a, b))
                .orElseThrow();
        Operand sum = Reductions.reduce(
                graph,
                Reductions.Kind.SUM,
                arrangement.broadcast(product, dims),
                IntStream.range(kept, letters.size()).boxed().toList());
        return arrangement.reshape(sum, dims.subList(0, kept));
    }

    private void measure(String term, List<Integer> dims) {
        if (term.length() != dims.size()) {
            throw call.refusal("its equation has " + term + " for an operand of extents " + dims);
        }
        for (int i = 0; i < dims.size(); i++) {
            int extent = dims.get(i);
            extents.merge(term.charAt(i), extent, (a, b) -> {
                if (!a.equals(b) && a != 1 && b != 1) {
                    throw call.refusal("letter " + term + " stands for extents " + a + " and " + b);
                }
                return a == 1 ? b : a;
            });
        }
    }

    /** With one axis for each letter, of extent 1 where the term lacks it; the diagonal where it has one twice. */
    private Operand spread(Operand operand, String term, List<Character> letters) {
        int[] strides = Extents.strides(operand.dims());
        int[] steps = new int[letters.size()];
        List<Integer> dims = new ArrayList<>(Collections.nCopies(letters.size(), 1));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < letters.size(); i++) {
            char letter = letters.get(i);
            for (int axis = 0; axis < term.length(); axis++) {
                if (term.charAt(axis) == letter) {
                    steps[i] += strides[axis];
                    dims.set(i, operand.dims().get(axis));
                    order.add(axis);
                }
            }
        }
        if (term.chars().distinct().count() == term.length()) {
            return arrangement.reshape(arrangement.transpose(operand, order), dims);
        }
        Operand flat = arrangement.reshape(operand, List.of(operand.elements()));
        return arrangement.reshape(arrangement.take(flat, 0, Arrangement.places(dims, steps)), dims);
    }
}
