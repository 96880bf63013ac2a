package dev.thalweg.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.PrintableText;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a safetensors file says of itself, checked before anything of the sizes in it is allocated: the tensors lie side
 * by side and fill the file.
 *
 * @param metadata free text by key
 * @param tensors where each lies, by name
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Place> tensors) {
    static final String METADATA = "__metadata__";

    /**
     * Where a tensor lies.
     *
     * @param dtype how its numbers stand there
     * @param shape its extents
     * @param begin its first byte, from the end of the header
     */
    record Place(DType dtype, Shape shape, long begin) {
        long bytes() {
            return shape.elements() * dtype.bytes();
        }

        long end() {
            return Math.addExact(begin, bytes());
        }
    }

    private static final Map<String, DType> DTYPES =
            Arrays.stream(DType.values()).collect(Collectors.toMap(DType::name, Function.identity()));

    private record Entry(String dtype, List<Integer> shape, List<Long> data_offsets) {}

    /** Behind each tensor the header goes on. */
    private static final ObjectReader JSON = StrictJson.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    /**
     * Reads the header.
     *
     * @param file in which it stands
     * @param text JSON in UTF-8
     * @param dataBytes how many bytes follow it
     * @throws BadFileException if it is no such header, or its tensors overlap, leave gaps, or are not as long as the
     *         data
     */
    static SafetensorsHeader read(Path file, byte[] text, long dataBytes) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(new LinkedHashMap<>(), new LinkedHashMap<>());
        try (JsonParser parser = JSON.createParser(
                new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8.newDecoder()))) {
            expect(file, parser.nextToken() == JsonToken.START_OBJECT, "expected an object { … }");
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                if (name.equals(METADATA)) {
                    header.readMetadata(file, parser);
                } else {
                    header.tensors.put(name, place(file, name, parser));
                }
            }
            expect(file, parser.nextToken() == null, "it goes on behind its closing bracket");
        } catch (JsonProcessingException e) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    "its header is not JSON" + StrictJson.place(e) + ": " + e.getOriginalMessage(),
                    e);
        } catch (CharacterCodingException | CharConversionException e) {
            throw new BadFileException(file, Long.BYTES, "its header is not JSON in UTF-8: " + e.getMessage(), e);
        }
        header.checkPlaces(file, dataBytes);
        return header;
    }

    private static void expect(Path file, boolean fulfilled, String problem) throws BadFileException {
        if (!fulfilled) {
            throw new BadFileException(file, Long.BYTES, "its header is not JSON as expected: " + problem);
        }
    }

    private void readMetadata(Path file, JsonParser parser) throws IOException {
        boolean texts = parser.currentToken() == JsonToken.START_OBJECT;
        while (texts && parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            texts = parser.nextToken() == JsonToken.VALUE_STRING;
            if (texts) {
                metadata.put(key, parser.getText());
            }
        }
        if (!texts) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    "got metadata that is or holds " + parser.currentToken() + ", expected texts by key");
        }
    }

    private static Place place(Path file, String name, JsonParser parser) throws IOException {
        String tensor = "tensor " + PrintableText.excerpt(name);
        Entry entry;
        try {
            entry = JSON.readValue(parser, Entry.class);
        } catch (JsonProcessingException e) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    tensor + StrictJson.place(e) + ": expected dtype, shape and data_offsets: " + StrictJson.problem(e),
                    e);
        }
        if (entry == null
                || entry.shape() == null
                || entry.data_offsets() == null
                || entry.data_offsets().size() != 2) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    tensor + ": got " + PrintableText.excerpt(entry)
                            + ", expected dtype, shape and data_offsets, a begin and an end");
        }
        DType dtype = DTYPES.get(entry.dtype());
        if (dtype == null) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    tensor + ": got data type " + PrintableText.excerpt(entry.dtype()) + ", expected one of "
                            + Arrays.toString(DType.values()));
        }
        Place place;
        try {
            place = new Place(
                    dtype,
                    Shape.of(entry.shape().stream().mapToInt(Integer::intValue).toArray()),
                    entry.data_offsets().getFirst());
            place.shape().arrayLength();
        } catch (ShapeException e) {
            throw new BadFileException(file, Long.BYTES, tensor + ": " + e.getMessage(), e);
        }
        long bytes = place.bytes();
        long end = entry.data_offsets().getLast();
        if (place.begin() < 0 || end < place.begin() || end - place.begin() != bytes) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    tensor + " " + place.shape() + ": got bytes " + place.begin()
                            + " to " + end + ", expected "
                            + bytes + " bytes");
        }
        return place;
    }

    private void checkPlaces(Path file, long dataBytes) throws BadFileException {
        long free = 0;
        for (Map.Entry<String, Place> tensor : tensors.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparing(Place::begin)))
                .toList()) {
            Place place = tensor.getValue();
            String name = "tensor " + PrintableText.excerpt(tensor.getKey());
            if (place.begin() != free) {
                throw new BadFileException(
                        file,
                        Long.BYTES,
                        name + " begins at byte " + place.begin()
                                + " of the data, expected " + free
                                + ", where the one before it ends: tensors neither overlap nor leave gaps");
            }
            free = place.end();
            if (free > dataBytes) {
                throw new BadFileException(
                        file,
                        Long.BYTES,
                        "the file has " + dataBytes + " bytes of data, expected "
                                + name + " up to byte " + free
                                + " of them: it is cut off");
            }
        }
        if (free != dataBytes) {
            throw new BadFileException(
                    file,
                    Long.BYTES,
                    "the file has " + dataBytes + " bytes of data, expected " + free + ", the tensors' sizes together");
        }
    }
}
