package dev.thalweg.backend.runtime;

class StartedThreadsTest extends ThreadTeamContract {
    @Override
    protected ThreadTeam open(int members) {
        return ThreadTeam.start(members);
    }
}
