import Redis

/// `SlidingWindow` as Redis runs it: all windows of one request at once, by Redis's own clock, so that any
/// number of servers agree. A window is one hash: b the bucket, c and p the counts of it and of the one
/// before.
enum WindowScript {
    /// Counts in all windows, or in none when one of them is full.
    ///
    /// KEYS: the windows. ARGV: milliseconds since 1970 or nothing for the server's clock, then quota and
    /// milliseconds of each. Returns remaining, wait and reset of each.
    static let take = RedisScript(
        arithmetic + """

            local now = moment(ARGV[1])
            local answer = {}
            local fits = true
            for i, key in ipairs(KEYS) do
              local w = look(key, now, tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1]))
              answer[i] = w
              fits = fits and w.wait == 0
            end
            for i, w in ipairs(answer) do
              if fits then count(KEYS[i], w) end
              answer[i] = {w.remaining, w.wait, w.reset}
            end
            return answer
            """)

    /// What is remembered of a session, and the window of its user, unless the session is over.
    ///
    /// KEYS: the session's mark, the doubt about its user's, the tenant's edition, and the window where there
    /// is one. ARGV as above. Returns the mark, empty where none is to be believed, remaining, wait and
    /// reset, and the edition.
    static let admit = RedisScript(
        arithmetic + """

            local marks = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
            local mark = marks[1] or ''
            local edition = marks[3] or ''
            if mark == '-' then return {mark, {}, edition} end
            if marks[2] then mark = '' end
            if not KEYS[4] then return {mark, {}, edition} end
            local w = look(KEYS[4], moment(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
            if w.wait == 0 then count(KEYS[4], w) end
            return {mark, {w.remaining, w.wait, w.reset}, edition}
            """)

    /// Counts an attempt to sign in beforehand, so that no two at once pass for one.
    ///
    /// KEYS: the mark of an address that is known to the account; the windows of account and address, of the
    /// address, of the account. ARGV as above. Whoever is known is held to the first window only. Returns
    /// whether that is so, and the wait.
    static let attempt = RedisScript(
        arithmetic + """

            local now = moment(ARGV[1])
            local known = redis.call('EXISTS', KEYS[1])
            local last = known == 1 and 2 or #KEYS
            local wait = 0
            local seen = {}
            for i = 2, last do
              local quota = tonumber(ARGV[2 * i - 2])
              if quota > 0 then
                seen[i] = look(KEYS[i], now, quota, tonumber(ARGV[2 * i - 1]))
                wait = math.max(wait, seen[i].wait)
              end
            end
            if wait == 0 then
              for i, w in pairs(seen) do count(KEYS[i], w) end
            end
            return {known, wait}
            """)

    /// Takes an attempt back that was counted as a failure and was none.
    ///
    /// KEYS as above. ARGV: 1 when the address was known; milliseconds to know it from now on, or 0 when
    /// nobody signed in.
    static let settle = RedisScript(
        """
        local function takeBack(key)
          local held = redis.call('HMGET', key, 'c', 'p')
          if tonumber(held[1] or 0) > 0 then redis.call('HINCRBY', key, 'c', -1)
          elseif tonumber(held[2] or 0) > 0 then redis.call('HINCRBY', key, 'p', -1) end
        end
        if ARGV[1] ~= '1' then
          takeBack(KEYS[3])
          takeBack(KEYS[4])
        end
        if tonumber(ARGV[2]) > 0 then
          redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
          redis.call('DEL', KEYS[2])
        else
          takeBack(KEYS[2])
        end
        return 1
        """)

    private static let arithmetic = """
        local function moment(given)
          if given ~= '' then return tonumber(given) end
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local function look(key, now, quota, window)
          local held = redis.call('HMGET', key, 'b', 'c', 'p')
          local b = tonumber(held[1] or 0)
          local c = tonumber(held[2] or 0)
          local p = tonumber(held[3] or 0)
          local bucket = math.floor(now / window)
          if bucket > b then
            p = bucket == b + 1 and c or 0
            c = 0
            b = bucket
          end
          local elapsed = math.max(0, now - b * window)
          local free = (quota - c) * window - p * (window - elapsed)
          local wait = 0
          if free < window then
            if c < quota then
              wait = math.ceil(window * (p + c + 1 - quota) / p) - elapsed
            else
              wait = window - elapsed + math.ceil(window * (c + 1 - quota) / c)
            end
          end
          return {b = b, c = c, p = p, window = window, wait = wait, reset = window - elapsed,
            remaining = math.max(0, math.floor(free / window))}
        end
        local function count(key, w)
          redis.call('HSET', key, 'b', w.b, 'c', w.c + 1, 'p', w.p)
          redis.call('PEXPIRE', key, 2 * w.window)
          w.remaining = w.remaining - 1
        end
        """
}
