package dev.thalweg.interop.keras;

import io.jhdf.Constants;
import io.jhdf.FractalHeap;
import io.jhdf.GroupSymbolTableNode;
import io.jhdf.LocalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.SymbolTableEntry;
import io.jhdf.Utils;
import io.jhdf.btree.BTreeV1;
import io.jhdf.btree.BTreeV2;
import io.jhdf.btree.record.LinkNameForIndexedGroupRecord;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.object.message.SymbolTableMessage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a group of an HDF5 file holds: addresses of object headers by name, from the symbol tables of older files or the
 * links of newer ones. Links to other places and other files are no members.
 */
final class Hdf5Group {
    private static final int SOFT_LINK = 2;

    private Hdf5Group() {}

    /** {@return the members of a group; empty for what is none} */
    static Map<String, Long> members(MeteredStorage storage, ObjectHeader header) {
        Map<String, Long> members = new LinkedHashMap<>();
        if (header.hasMessageOfType(SymbolTableMessage.class)) {
            fromSymbolTable(storage, header.getMessageOfType(SymbolTableMessage.class), members);
        } else if (header.hasMessageOfType(LinkInfoMessage.class)) {
            fromLinks(storage, header, members);
        }
        return members;
    }

    private static void fromSymbolTable(MeteredStorage storage, SymbolTableMessage table, Map<String, Long> members) {
        ByteBuffer names = new LocalHeap(storage, table.getLocalHeapAddress()).getDataBuffer();
        for (long node :
                BTreeV1.createGroupBTree(storage, table.getBTreeAddress()).getChildAddresses()) {
            for (SymbolTableEntry entry : new GroupSymbolTableNode(storage, node).getSymbolTableEntries()) {
                if (entry.getCacheType() != SOFT_LINK) {
                    String name = Utils.readUntilNull(names.position(entry.getLinkNameOffset()));
                    storage.spend(name.length());
                    members.put(name, entry.getObjectHeaderAddress());
                }
            }
        }
    }

    private static void fromLinks(MeteredStorage storage, ObjectHeader header, Map<String, Long> members) {
        LinkInfoMessage info = header.getMessageOfType(LinkInfoMessage.class);
        if (info.getBTreeNameIndexAddress() == Constants.UNDEFINED_ADDRESS) {
            header.getMessagesOfType(LinkMessage.class).forEach(link -> put(link, members));
            return;
        }
        FractalHeap heap = new FractalHeap(storage, info.getFractalHeapAddress());
        for (LinkNameForIndexedGroupRecord found :
                new BTreeV2<LinkNameForIndexedGroupRecord>(storage, info.getBTreeNameIndexAddress()).getRecords()) {
            ByteBuffer link = heap.getId(found.getId());
            storage.spend(link.remaining());
            put(LinkMessage.fromBuffer(link, storage.getSuperblock()), members);
        }
    }

    private static void put(LinkMessage link, Map<String, Long> members) {
        if (link.getLinkType() == LinkMessage.LinkType.HARD) {
            members.put(link.getLinkName(), link.getHardLinkAddress());
        }
    }
}
