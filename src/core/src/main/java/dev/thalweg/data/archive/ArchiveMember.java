package dev.thalweg.data.archive;

/**
 * What an archive says of a member.
 *
 * @param path its name, with the directories before it, separated by {@code /}
 * @param size of its content in bytes
 * @param plainFile whether it is a file stored as it is: no directory, link or device, and not sparse
 */
public record ArchiveMember(String path, long size, boolean plainFile) {}
