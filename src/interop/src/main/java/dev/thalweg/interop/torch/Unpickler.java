package dev.thalweg.interop.torch;

import dev.thalweg.format.DType;
import dev.thalweg.interop.torch.Pickled.Dict;
import dev.thalweg.interop.torch.Pickled.Global;
import dev.thalweg.interop.torch.Pickled.Sequence;
import dev.thalweg.interop.torch.Pickled.Storage;
import dev.thalweg.interop.torch.Pickled.Tensor;
import dev.thalweg.interop.torch.Pickled.Text;
import dev.thalweg.interop.torch.Pickled.Whole;
import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a state dict, the language of Python's module {@code pickle} (its {@code pickletools} describes
 * the opcodes). A pickle is a program that may call whatever it names; this reader calls nothing: it knows
 * dictionaries, lists, tuples, texts and numbers, and the few names of which {@code torch.save} makes tensors, and
 * refuses everything else.
 */
final class Unpickler {
    private static final int FIRST_PROTOCOL = 2;
    private static final int LAST_PROTOCOL = 5;
    private static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.F64,
            "FloatStorage", DType.F32,
            "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16,
            "LongStorage", DType.I64,
            "IntStorage", DType.I32,
            "ShortStorage", DType.I16,
            "CharStorage", DType.I8,
            "ByteStorage", DType.U8,
            "BoolStorage", DType.BOOL);
    private static final String ADVICE = "Save them alone: torch.save(model.state_dict(), file)";
    private static final Pickled OTHER = new Pickled.Other();

    private final Path file;
    private final ByteBuffer in;
    private final Map<Integer, Pickled> memo = new HashMap<>();
    /** What stands on the stack above each mark; the last is the top. */
    private final Deque<List<Pickled>> stacks = new ArrayDeque<>();

    private List<Pickled> stack = new ArrayList<>();

    private Unpickler(Path file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads a pickle.
     *
     * @param file in which it stands, for messages
     * @param bytes the pickle
     * @return what it holds
     * @throws BadFileException if it is none, or holds something else than tensors and what they are kept in
     */
    static Pickled read(Path file, byte[] bytes) throws BadFileException {
        Unpickler reader = new Unpickler(file, bytes);
        try {
            return reader.run();
        } catch (BufferUnderflowException e) {
            throw new BadFileException(file, reader.in.position(), "its pickle ends in the middle", e);
        } catch (ArithmeticException e) {
            throw reader.bad("got a number too large: " + e.getMessage());
        }
    }

    private BadFileException bad(String problem) {
        return new BadFileException(file, in.position(), "its pickle: " + problem);
    }

    private Pickled run() throws BadFileException {
        while (true) {
            int opcode = Byte.toUnsignedInt(in.get());
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
    }

    private void step(int opcode) throws BadFileException {
        switch (opcode) {
            case 0x80 -> protocol(Byte.toUnsignedInt(in.get()));
            case '(' -> {
                stacks.push(stack);
                stack = new ArrayList<>();
            }
            case '}' -> push(new Dict(new LinkedHashMap<>()));
            case ']' -> push(new Sequence(new ArrayList<>()));
            case ')' -> push(new Sequence(List.of()));
            case 't' -> push(new Sequence(List.copyOf(untilMark())));
            case 0x85 -> push(new Sequence(List.copyOf(pop(1))));
            case 0x86 -> push(new Sequence(List.copyOf(pop(2))));
            case 0x87 -> push(new Sequence(List.copyOf(pop(3))));
            case 'N', 0x88, 0x89 -> push(OTHER);
            case 'G' -> {
                in.getDouble();
                push(OTHER);
            }
            case 'K' -> push(new Whole(Byte.toUnsignedInt(in.get())));
            case 'M' -> push(new Whole(Short.toUnsignedInt(in.getShort())));
            case 'J' -> push(new Whole(in.getInt()));
            case 0x8a -> push(whole(Byte.toUnsignedInt(in.get())));
            case 'X' -> push(new Text(text(in.getInt())));
            case 0x8c -> push(new Text(text(Byte.toUnsignedInt(in.get()))));
            case 'c' -> push(new Global(line(), line()));
            case 0x93 -> push(global());
            case 0x94 -> memo.put(memo.size(), top());
            case 0x95 -> in.getLong(); // The length of a frame, which only says how much to read ahead.
            case 'q' -> memo.put(Byte.toUnsignedInt(in.get()), top());
            case 'r' -> memo.put(in.getInt(), top());
            case 'h' -> push(remembered(Byte.toUnsignedInt(in.get())));
            case 'j' -> push(remembered(in.getInt()));
            case 'a' -> append(pop(1));
            case 'e' -> append(untilMark());
            case 's' -> put(pop(2));
            case 'u' -> put(untilMark());
            case 'Q' -> push(storage(pop()));
            case 'R' -> push(call());
            case 'b' -> pop(); // State beside the entries, such as the versions of modules.
            case 0x81 -> {
                pop();
                throw foreign(pop());
            }
            default -> throw bad("got opcode 0x%02x, which no state dict needs. ".formatted(opcode) + ADVICE);
        }
    }

    private void protocol(int version) throws BadFileException {
        if (version < FIRST_PROTOCOL || version > LAST_PROTOCOL) {
            throw bad("got protocol " + version + ", expected " + FIRST_PROTOCOL + " to " + LAST_PROTOCOL);
        }
    }

    private void push(Pickled value) {
        stack.add(value);
    }

    private Pickled top() throws BadFileException {
        if (stack.isEmpty()) {
            throw bad("it takes more from its stack than there is");
        }
        return stack.getLast();
    }

    private Pickled pop() throws BadFileException {
        Pickled value = top();
        stack.removeLast();
        return value;
    }

    private List<Pickled> pop(int count) throws BadFileException {
        List<Pickled> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.addFirst(pop());
        }
        return values;
    }

    private List<Pickled> untilMark() throws BadFileException {
        if (stacks.isEmpty()) {
            throw bad("it goes back to a mark that it never set");
        }
        List<Pickled> values = stack;
        stack = stacks.pop();
        return values;
    }

    private Pickled remembered(int place) throws BadFileException {
        Pickled value = memo.get(place);
        if (value == null) {
            throw bad("it takes what it never put at place " + place);
        }
        return value;
    }

    private Pickled global() throws BadFileException {
        List<Pickled> names = pop(2);
        if (names.get(0) instanceof Text(String module) && names.get(1) instanceof Text(String name)) {
            return new Global(module, name);
        }
        throw bad("got " + excerpt(names.get(0)) + " and " + excerpt(names.get(1)) + ", expected two names");
    }

    private void append(List<Pickled> items) throws BadFileException {
        if (!(top() instanceof Sequence(List<Pickled> list)) || !(list instanceof ArrayList<Pickled>)) {
            throw bad("it appends to " + excerpt(top()) + ", expected a list");
        }
        list.addAll(items);
    }

    private void put(List<Pickled> pairs) throws BadFileException {
        if (!(top() instanceof Dict(Map<Pickled, Pickled> entries)) || pairs.size() % 2 != 0) {
            throw bad("it sets " + pairs.size() + " keys and values of " + excerpt(top())
                    + ", expected pairs and a dictionary");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            entries.put(pairs.get(i), pairs.get(i + 1));
        }
    }

    /** Of up to eight bytes, the lowest first, with a sign. */
    private Pickled whole(int bytes) throws BadFileException {
        if (bytes > Long.BYTES) {
            throw bad("got a number of " + bytes + " bytes, expected at most " + Long.BYTES);
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) Byte.toUnsignedInt(in.get()) << (Byte.SIZE * i);
        }
        int unused = Long.SIZE - Byte.SIZE * bytes;
        return new Whole(bytes == 0 ? 0 : value << unused >> unused);
    }

    private String text(int bytes) throws BadFileException {
        if (bytes < 0 || bytes > in.remaining()) {
            throw bad("got a text of " + Integer.toUnsignedString(bytes) + " bytes, where " + in.remaining()
                    + " are left");
        }
        String text = new String(in.array(), in.position(), bytes, StandardCharsets.UTF_8);
        in.position(in.position() + bytes);
        return text;
    }

    private String line() {
        int begin = in.position();
        while (in.get() != '\n') {
            // On to the end of the line.
        }
        return new String(in.array(), begin, in.position() - 1 - begin, StandardCharsets.UTF_8);
    }

    /** A storage is a tuple: the word "storage", its class, its key, its device and how many elements it has. */
    private Pickled storage(Pickled id) throws BadFileException {
        if (id instanceof Sequence(List<Pickled> items)
                && items.size() == 5
                && items.get(0).equals(new Text("storage"))
                && items.get(1) instanceof Global(String module, String name)
                && module.equals("torch")
                && STORAGES.containsKey(name)
                && items.get(2) instanceof Text(String key)
                && items.get(4) instanceof Whole(long elements)
                && elements >= 0) {
            return new Storage(STORAGES.get(name), key, elements);
        }
        throw bad("got " + excerpt(id) + ", expected where a tensor's numbers lie");
    }

    private Pickled call() throws BadFileException {
        Pickled arguments = pop();
        Pickled what = pop();
        if (!(what instanceof Global global) || !(arguments instanceof Sequence(List<Pickled> given))) {
            throw bad("it calls " + excerpt(what) + " with " + excerpt(arguments) + ", expected a name and a tuple");
        }
        return switch (global.qualified()) {
            case "collections.OrderedDict" -> new Dict(new LinkedHashMap<>());
            case "torch._utils._rebuild_parameter" -> argument(given, 0);
            case "torch._utils._rebuild_tensor_v2" -> tensor(given);
            case "torch.Size" -> argument(given, 0);
            default -> throw foreign(global);
        };
    }

    /** What is made by something that is no dictionary or tensor. */
    private BadFileException foreign(Pickled what) {
        String name = what instanceof Global global ? global.qualified() : what.toString();
        return bad("it asks for " + PrintableText.excerpt(name) + ", which is not run here: only dictionaries and"
                + " tensors are read. " + ADVICE);
    }

    private Pickled argument(List<Pickled> given, int index) throws BadFileException {
        if (index >= given.size()) {
            throw bad("a call has " + given.size() + " arguments, expected more");
        }
        return given.get(index);
    }

    /** Its arguments: storage, offset, size, stride, whether it wants gradients, hooks. */
    private Pickled tensor(List<Pickled> given) throws BadFileException {
        if (!(argument(given, 0) instanceof Storage storage) || !(argument(given, 1) instanceof Whole(long offset))) {
            throw bad("got a tensor of " + excerpt(argument(given, 0)) + " from " + excerpt(argument(given, 1))
                    + ", expected storage and offset");
        }
        List<Long> size = wholes(argument(given, 2));
        List<Long> stride = wholes(argument(given, 3));
        if (size.size() != stride.size()) {
            throw bad("got a tensor of " + size.size() + " extents, but " + stride.size() + " strides");
        }
        Tensor tensor = new Tensor(storage, offset, size, stride);
        if (!tensor.fits()) {
            throw bad("got a tensor of extents " + PrintableText.excerpt(size) + ", strides "
                    + PrintableText.excerpt(stride) + " from element " + offset + ", which reaches beyond its "
                    + storage.elements() + " elements");
        }
        return tensor;
    }

    private List<Long> wholes(Pickled value) throws BadFileException {
        if (!(value instanceof Sequence(List<Pickled> items)) || !items.stream().allMatch(Whole.class::isInstance)) {
            throw bad("got " + excerpt(value) + ", expected a tuple of whole numbers");
        }
        return items.stream().map(item -> ((Whole) item).value()).toList();
    }

    private static String excerpt(Pickled value) {
        return PrintableText.excerpt(value);
    }
}
