-- Which film or episode a link shows: kept true by the database, whoever writes either table.
CREATE INDEX library_links_by_media ON library_links (media_id);

CREATE TRIGGER media_gets_link AFTER INSERT ON media WHEN NEW.link_path IS NOT NULL BEGIN
    UPDATE library_links SET media_id = NEW.id WHERE path = NEW.link_path;
END;
CREATE TRIGGER media_changes_link AFTER UPDATE OF link_path ON media WHEN OLD.link_path IS NOT NEW.link_path BEGIN
    UPDATE library_links SET media_id = NULL WHERE path = OLD.link_path AND media_id = OLD.id;
    UPDATE library_links SET media_id = NEW.id WHERE path = NEW.link_path;
END;
CREATE TRIGGER link_gets_media AFTER INSERT ON library_links
WHEN EXISTS (SELECT 1 FROM media WHERE link_path = NEW.path) BEGIN
    UPDATE library_links SET media_id = (SELECT id FROM media WHERE link_path = NEW.path) WHERE path = NEW.path;
END;

UPDATE library_links SET media_id = (SELECT id FROM media WHERE link_path = library_links.path);
