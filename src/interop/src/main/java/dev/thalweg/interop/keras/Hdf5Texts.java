package dev.thalweg.interop.keras;

import io.jhdf.GlobalHeap;
import io.jhdf.Utils;
import io.jhdf.dataset.DatasetReader;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.AttributeMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts in attributes: of one length, side by side, or of lengths of their own, in heaps. */
final class Hdf5Texts {
    private static final int INDEX_BYTES = 4;

    private final MeteredStorage storage;
    private final Map<Long, GlobalHeap> heaps = new HashMap<>();

    Hdf5Texts(MeteredStorage storage) {
        this.storage = storage;
    }

    /** {@return the texts; none for what is not of texts, as NumPy's empty list} */
    List<String> read(AttributeMessage attribute) {
        ByteBuffer data = attribute.getDataBuffer();
        if (data == null) {
            return List.of();
        }
        if (attribute.getDataType() instanceof StringData) {
            Object texts = DatasetReader.readDataset(
                    attribute.getDataType(), data, attribute.getDataSpace().getDimensions(), storage);
            return texts instanceof String[] several ? List.of(several) : List.of((String) texts);
        }
        return attribute.getDataType() instanceof VariableLength type && type.isVariableLengthString()
                ? ofHeaps(data.order(ByteOrder.LITTLE_ENDIAN), type.getSize())
                : List.of();
    }

    /** Each is told of by its length, the address of a heap and the place there; many may tell of the same. */
    private List<String> ofHeaps(ByteBuffer data, int size) {
        List<String> texts = new ArrayList<>();
        int skipped = size - storage.getSizeOfOffsets() - INDEX_BYTES;
        while (data.remaining() >= size) {
            data.position(data.position() + skipped);
            long address = Utils.readBytesAsUnsignedLong(data, storage.getSizeOfOffsets());
            int index = data.getInt();
            GlobalHeap heap = heaps.get(address);
            if (heap == null && index != 0) {
                heap = new GlobalHeap(storage, address);
                heaps.put(address, heap);
            }
            ByteBuffer text = heap == null ? ByteBuffer.allocate(0) : heap.getObjectData(index);
            storage.spend(text.remaining());
            texts.add(StandardCharsets.UTF_8.decode(text).toString());
        }
        return texts;
    }
}
